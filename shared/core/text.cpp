#include "shared/core/text.h"

#include <QRegularExpression>

namespace detail {

tl::expected<QString, QString> boundedText(const QString &text, qsizetype min, qsizetype max)
{
    const QString trimmed = text.trimmed();
    const auto isControl = [](QChar c) {
        return (c.unicode() < 0x20 && c != u'\n' && c != u'\t' && c != u'\r') || c.unicode() == 0x7f;
    };
    if (std::ranges::any_of(trimmed, isControl))
        return tl::unexpected(QStringLiteral("must not contain control characters"));
    // A lone surrogate cannot be stored as UTF-8.
    if (!trimmed.isValidUtf16())
        return tl::unexpected(QStringLiteral("must be valid Unicode"));
    if (trimmed.size() < min)
        return tl::unexpected(
            min == 1 ? QStringLiteral("must not be empty")
                     : QStringLiteral("must have at least %1 characters").arg(min)
        );
    if (trimmed.size() > max)
        return tl::unexpected(QStringLiteral("must have at most %1 characters").arg(max));
    return trimmed;
}

} // namespace detail

tl::expected<Email, QString> Email::parse(const QString &text)
{
    static const QRegularExpression shape(
        QStringLiteral(R"(^[^\s@<>"(),:;\\\[\]]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$)")
    );
    Email email;
    email.m_text = text.trimmed().toLower();
    if (email.m_text.size() > maxLength || !shape.match(email.m_text).hasMatch())
        return tl::unexpected(QStringLiteral("must be an e-mail address"));
    return email;
}

tl::expected<Phone, QString> Phone::parse(const QString &text)
{
    QString digits;
    for (const QChar c : text) {
        if (c >= u'0' && c <= u'9')
            digits += c;
        else if (!QStringView(u"+-. ()").contains(c))
            return tl::unexpected(QStringLiteral("must be a telephone number"));
    }
    const bool international = text.trimmed().startsWith(u'+');
    if (!international && digits.size() == 10)
        digits.prepend(u'1');
    if (digits.size() < 8 || digits.size() > 15)
        return tl::unexpected(QStringLiteral("must be a telephone number"));
    Phone phone;
    phone.m_text = u'+' + digits;
    return phone;
}

tl::expected<ZipCode, QString> ZipCode::parse(const QString &text)
{
    static const QRegularExpression shape(QStringLiteral(R"(^([0-9]{5})(-[0-9]{4})?$)"));
    const QRegularExpressionMatch match = shape.match(text.trimmed());
    if (!match.hasMatch())
        return tl::unexpected(QStringLiteral("must be a five-digit ZIP code"));
    ZipCode zip;
    zip.m_text = match.captured(1);
    return zip;
}
