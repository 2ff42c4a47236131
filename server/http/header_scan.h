#pragma once

#include <QByteArrayView>

// Looks for the end of a header, each byte once however slowly they come, and for what makes it hopeless: a
// line feed or carriage return on its own, a folded field (RFC 9112 calls it obsolete), a NUL or another
// control character.
class HeaderScan
{
public:
    enum class Verdict { incomplete, complete, malformed, tooLarge };

    [[nodiscard]] Verdict scan(QByteArrayView buffer, qsizetype limit)
    {
        for (; m_position < buffer.size(); ++m_position) {
            if (m_position >= limit)
                return Verdict::tooLarge;
            if (!accept(buffer.at(m_position)))
                return Verdict::malformed;
            if (m_line == Line::over) {
                ++m_position;
                return Verdict::complete;
            }
        }
        return Verdict::incomplete;
    }

    [[nodiscard]] bool isAtStart() const { return m_position == 0; }
    [[nodiscard]] qsizetype headerSize() const { return m_position; }

    [[nodiscard]] static bool hasBareLineFeed(QByteArrayView text)
    {
        for (qsizetype at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            if (at == 0 || text.at(at - 1) != '\r')
                return true;
        }
        return false;
    }

private:
    enum class Line { start, inside, returned, startReturned, over };

    bool accept(char c)
    {
        switch (m_line) {
        case Line::returned:
            m_line = Line::start;
            return c == '\n';
        case Line::startReturned:
            m_line = Line::over;
            return c == '\n';
        case Line::start:
            if (c == '\r') {
                m_line = Line::startReturned;
                return true;
            }
            m_line = Line::inside;
            return c != ' ' && isText(c);
        case Line::inside:
            if (c == '\r') {
                m_line = Line::returned;
                return true;
            }
            return c == '\t' || isText(c);
        case Line::over:
            break;
        }
        return false;
    }

    static bool isText(char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; }

    qsizetype m_position = 0;
    Line m_line = Line::start;
};
