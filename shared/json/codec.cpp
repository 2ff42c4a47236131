#include "shared/json/codec.h"

#include <cmath>

namespace json {

void Decoder::enter(std::string_view name)
{
    m_path += toQString(name);
}

void Decoder::enter(qsizetype index)
{
    m_path += QString::number(index);
}

void Decoder::leave()
{
    m_path.removeLast();
}

void Decoder::refuse(const QString &detail)
{
    if (m_errors.size() >= maxErrors)
        return;
    // RFC 6901: "" is the whole document.
    m_errors.append({ m_path.isEmpty() ? QString() : u'/' + m_path.join(u'/'), detail });
}

bool Decoder::readBool(const QJsonValue &value)
{
    if (!value.isBool())
        refuse(QStringLiteral("must be true or false"));
    return value.toBool();
}

qint64 Decoder::readInteger(const QJsonValue &value, qint64 min, qint64 max)
{
    const double number = value.toDouble(std::numeric_limits<double>::quiet_NaN());
    if (!value.isDouble() || std::trunc(number) != number) {
        refuse(QStringLiteral("must be a whole number"));
        return min;
    }
    if (number < static_cast<double>(min) || number > static_cast<double>(max)) {
        refuse(QStringLiteral("must be from %1 to %2").arg(min).arg(max));
        return min;
    }
    return static_cast<qint64>(number);
}

double Decoder::readNumber(const QJsonValue &value)
{
    if (!value.isDouble() || !std::isfinite(value.toDouble()))
        refuse(QStringLiteral("must be a number"));
    return value.toDouble();
}

QString Decoder::readString(const QJsonValue &value)
{
    if (!value.isString())
        refuse(QStringLiteral("must be a string"));
    return value.toString();
}

namespace detail {

    Problem refused(const Decoder &decoder)
    {
        return {
            ProblemKind::invalidInput,
            QStringLiteral("%n field(s) cannot be used.")
                .replace(QLatin1String("%n"), QString::number(decoder.errors().size())),
            {},
            decoder.errors(),
            {},
        };
    }

    Result<QJsonValue> parseText(const QByteArray &text)
    {
        QJsonParseError error {};
        const QJsonDocument document = QJsonDocument::fromJson(text, &error);
        if (error.error != QJsonParseError::NoError) {
            return fail({ ProblemKind::malformed,
                          QStringLiteral("The body is not JSON: %1 at byte %2.")
                              .arg(error.errorString())
                              .arg(error.offset),
                          {},
                          {},
                          {} });
        }
        return document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    }

} // namespace detail

QByteArray toText(const QJsonValue &value)
{
    return value.isArray() ? QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact)
                           : QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
}

} // namespace json
