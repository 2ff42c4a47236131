#include "server/services/payment/webhook_signature.h"

#include <QMessageAuthenticationCode>

#include <sodium.h>

using namespace Qt::StringLiterals;

namespace webhook_signature {

namespace {

    QByteArray digest(const QByteArray &time, const QByteArray &body, const Secret &secret)
    {
        return QMessageAuthenticationCode::hash(
            time + '.' + body, secret.reveal().toByteArray(), QCryptographicHash::Sha256
        );
    }

    bool isSame(const QByteArray &a, const QByteArray &b)
    {
        return a.size() == b.size()
            && sodium_memcmp(a.constData(), b.constData(), static_cast<size_t>(a.size())) == 0;
    }

} // namespace

Result<void> verify(const QByteArray &header, const QByteArray &body, const Secret &secret, Instant now)
{
    QByteArray time;
    QByteArrayList signatures;
    for (const QByteArray &part : header.split(',')) {
        const qsizetype equals = part.indexOf('=');
        const QByteArray name = part.first(std::max<qsizetype>(equals, 0)).trimmed();
        if (name == "t")
            time = part.sliced(equals + 1).trimmed();
        else if (name == "v1")
            signatures.append(QByteArray::fromHex(part.sliced(equals + 1).trimmed()));
    }
    const QByteArray right = digest(time, body, secret);
    const bool isSigned = !time.isEmpty() && !secret.isEmpty()
        && std::ranges::any_of(signatures, [&](const QByteArray &each) { return isSame(each, right); });
    if (!isSigned)
        return fail(Problem::forbidden(u"The signature is not the vendor's."_s));
    bool isNumber = false;
    const Instant sent { std::chrono::seconds(time.toLongLong(&isNumber)) };
    if (!isNumber || sent < now - tolerance || sent > now + tolerance)
        return fail(Problem::forbidden(u"The signature is too old, or not of this time."_s));
    return {};
}

QByteArray sign(const QByteArray &body, const Secret &secret, Instant now)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const QByteArray time = QByteArray::number(static_cast<qint64>(seconds));
    return "t=" + time + ",v1=" + digest(time, body, secret).toHex();
}

} // namespace webhook_signature
