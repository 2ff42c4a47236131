#include "server/http/request_target.h"

#include <QStringDecoder>

namespace {

enum class Plus { isPlus, isSpace };

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<QString> decode(QByteArrayView text, Plus plus)
{
    QByteArray bytes;
    bytes.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char c = text.at(i);
        if (c == '%') {
            const int high = i + 2 < text.size() ? hexDigit(text.at(i + 1)) : -1;
            const int low = i + 2 < text.size() ? hexDigit(text.at(i + 2)) : -1;
            if (high < 0 || low < 0)
                return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus == Plus::isSpace) {
            c = ' ';
        }
        bytes += c;
    }
    QStringDecoder utf8(QStringDecoder::Utf8);
    QString decoded = utf8(bytes);
    if (utf8.hasError())
        return std::nullopt;
    return decoded;
}

bool isControl(QChar c)
{
    return c < u' ' || c == u'\x7f';
}

std::optional<QString> decodeSegment(QByteArrayView text)
{
    std::optional<QString> segment = decode(text, Plus::isPlus);
    if (!segment || *segment == QLatin1String(".") || *segment == QLatin1String(".."))
        return std::nullopt;
    const auto isAmbiguous = [](QChar c) { return isControl(c) || c == u'/' || c == u'\\'; };
    if (std::ranges::any_of(*segment, isAmbiguous))
        return std::nullopt;
    return segment;
}

template <class Visit>
bool forEachPart(QByteArrayView text, char separator, Visit &&visit)
{
    for (;;) {
        const qsizetype end = text.indexOf(separator);
        if (!visit(end < 0 ? text : text.first(end)))
            return false;
        if (end < 0)
            return true;
        text = text.sliced(end + 1);
    }
}

bool readQuery(QByteArrayView text, Request::Values &query)
{
    return forEachPart(text, '&', [&](QByteArrayView item) {
        if (item.isEmpty())
            return true;
        const qsizetype equals = item.indexOf('=');
        const auto name = decode(equals < 0 ? item : item.first(equals), Plus::isSpace);
        const auto value = decode(equals < 0 ? QByteArrayView() : item.sliced(equals + 1), Plus::isSpace);
        if (!name || !value || value->contains(QChar::Null))
            return false;
        query.insert(*name, *value);
        return true;
    });
}

} // namespace

std::optional<RequestTarget> RequestTarget::parse(QByteArrayView target)
{
    // RFC 3986 has neither in a request: everything else travels percent-encoded, and a fragment stays with
    // the client.
    if (std::ranges::any_of(target, [](char c) { return c <= ' ' || c >= '\x7f' || c == '#'; }))
        return std::nullopt;
    RequestTarget parsed;
    if (target == QByteArrayView("*")) {
        parsed.path = QStringList(QStringLiteral("*"));
        return parsed;
    }
    if (target.startsWith("http://") || target.startsWith("https://")) {
        const QByteArrayView rest = target.sliced(target.indexOf('/') + 2);
        const qsizetype slash = rest.indexOf('/');
        parsed.authority = (slash < 0 ? rest : rest.first(slash)).toByteArray();
        if (parsed.authority.isEmpty())
            return std::nullopt;
        target = slash < 0 ? QByteArrayView("/") : rest.sliced(slash);
    }
    if (!target.startsWith('/'))
        return std::nullopt;
    const qsizetype questionMark = target.indexOf('?');
    const QByteArrayView path = questionMark < 0 ? target : target.first(questionMark);
    const bool isRead = forEachPart(path.sliced(1), '/', [&](QByteArrayView text) {
        const std::optional<QString> segment = decodeSegment(text);
        if (segment)
            parsed.path += *segment;
        return segment.has_value();
    });
    if (!isRead || (questionMark >= 0 && !readQuery(target.sliced(questionMark + 1), parsed.query)))
        return std::nullopt;
    return parsed;
}
