#include "server/db/row.h"

#include <QLoggingCategory>

#include <charconv>
#include <cstring>
#include <libpq-fe.h>

Q_LOGGING_CATEGORY(lcRow, "squad.db")

namespace {

// Types that the catalogue numbers for good (pg_type.dat).
constexpr unsigned jsonType = 114;
constexpr unsigned jsonbType = 3802;

} // namespace

Rows::Rows(pg_result *result, const char *statement)
    : m_result(result)
    , m_statement(statement)
    , m_count(PQntuples(result))
    , m_columns(PQnfields(result))
{
}

void Rows::Clear::operator()(pg_result *result) const
{
    PQclear(result);
}

int Rows::affected() const
{
    return QByteArray::fromRawData(
               PQcmdTuples(m_result.get()), static_cast<qsizetype>(std::strlen(PQcmdTuples(m_result.get())))
    )
        .toInt();
}

int Rows::column(std::string_view name, int hint) const
{
    if (hint >= 0 && hint < m_columns && name == PQfname(m_result.get(), hint))
        return hint;
    for (int column = 0; column < m_columns; ++column) {
        if (name == PQfname(m_result.get(), column))
            return column;
    }
    return -1;
}

bool Rows::isNull(int column) const
{
    return PQgetisnull(m_result.get(), m_row, column) != 0;
}

bool Rows::isJson(int column) const
{
    const unsigned type = PQftype(m_result.get(), column);
    return type == jsonbType || type == jsonType;
}

QByteArrayView Rows::text(int column) const
{
    return { PQgetvalue(m_result.get(), m_row, column), PQgetlength(m_result.get(), m_row, column) };
}

namespace detail {

namespace {

    template <class Number>
    bool readNumber(QByteArrayView text, Number &out)
    {
        const auto [end, error] = std::from_chars(text.begin(), text.end(), out);
        return error == std::errc() && end == text.end();
    }

    // Reads `width` digits at `at` and moves on.
    bool readDigits(QByteArrayView text, qsizetype &at, qsizetype width, int &out)
    {
        if (at + width > text.size() || !readNumber(text.sliced(at, width), out) || out < 0)
            return false;
        at += width;
        return true;
    }

    bool readSymbol(QByteArrayView text, qsizetype &at, char symbol)
    {
        if (at >= text.size() || text[at] != symbol)
            return false;
        ++at;
        return true;
    }

} // namespace

bool readText(QByteArrayView text, bool &out)
{
    out = text == "t";
    return out || text == "f";
}

bool readText(QByteArrayView text, qint64 &out)
{
    return readNumber(text, out);
}

bool readText(QByteArrayView text, double &out)
{
    return readNumber(text, out); // also "NaN" and "Infinity", in any case of letters
}

bool readText(QByteArrayView text, QByteArray &out)
{
    if (!text.startsWith("\\x"))
        return false;
    out = QByteArray::fromHex(text.sliced(2).toByteArray());
    return true;
}

bool readText(QByteArrayView text, QUuid &out)
{
    out = QUuid::fromString(QLatin1String(text));
    return text.size() == 36;
}

// "2026-11-23 01:02:03.004567+00": the session's time zone is UTC (connection.cpp), so any other offset is
// refused rather than guessed. Fractions finer than a millisecond are cut, as Instant cannot hold them.
bool readText(QByteArrayView text, Instant &out)
{
    // Year, month, day, hour, minute, second: how many digits, and what follows.
    constexpr std::array<std::pair<int, char>, 6> layout {
        { { 4, '-' }, { 2, '-' }, { 2, ' ' }, { 2, ':' }, { 2, ':' }, { 2, '\0' } }
    };
    std::array<int, 6> parts {};
    qsizetype at = 0;
    for (size_t i = 0; i < layout.size(); ++i) {
        const auto [digits, separator] = layout.at(i);
        if (!readDigits(text, at, digits, parts.at(i))
            || (separator != '\0' && !readSymbol(text, at, separator)))
            return false;
    }
    int milliseconds = 0;
    if (readSymbol(text, at, '.')) {
        for (int unit = 100; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
            milliseconds += unit * (text[at] - '0');
    }
    const auto &[year, month, day, hour, minute, second] = parts;
    const std::chrono::year_month_day date { std::chrono::year(year),
                                             std::chrono::month(static_cast<unsigned>(month)),
                                             std::chrono::day(static_cast<unsigned>(day)) };
    out = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute)
        + std::chrono::seconds(second) + std::chrono::milliseconds(milliseconds);
    return text.sliced(at) == "+00";
}

bool readText(QByteArrayView text, QJsonValue &out)
{
    // Qt parses arrays and objects only; one element makes any value an array.
    const QJsonDocument document = QJsonDocument::fromJson("[" + text.toByteArray() + "]");
    out = document.array().at(0);
    return document.array().size() == 1;
}

namespace {

    // One element of an array literal, from `at` to the comma or brace behind it; false: it is none.
    bool readElement(QByteArrayView text, qsizetype &at, Argument &out)
    {
        const bool quoted = readSymbol(text, at, '"');
        QByteArray element;
        for (; at < text.size() - 1 && (quoted ? text[at] != '"' : text[at] != ','); ++at) {
            if (text[at] == '\\')
                ++at;
            element += text[at];
        }
        if (quoted ? !readSymbol(text, at, '"') : element.startsWith('{')) // a nested array is no scalar
            return false;
        if (quoted || element != "NULL")
            out = element;
        return true;
    }

} // namespace

bool readArray(QByteArrayView text, QList<Argument> &out)
{
    if (!text.startsWith('{') || !text.endsWith('}'))
        return false;
    qsizetype at = 1;
    while (at < text.size() - 1) {
        if (!readElement(text, at, out.emplaceBack()))
            return false;
        readSymbol(text, at, ',');
    }
    return true;
}

Problem unreadable(const Rows &rows, int column, std::string_view name)
{
    const QString field = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    const bool isNull = column >= 0 && rows.isNull(column);
    const QString reason = column < 0 ? QStringLiteral("missing")
        : isNull                      ? QStringLiteral("NULL")
                                      : QStringLiteral("not of its type");
    const QString story
        = QStringLiteral("%1: column %2 is %3").arg(QLatin1String(rows.statement()), field, reason);
    qCCritical(lcRow).noquote() << story;
    return Problem::internal(story);
}

} // namespace detail
