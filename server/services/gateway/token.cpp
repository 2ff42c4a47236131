#include "server/services/gateway/token.h"

#include <QDataStream>
#include <QIODevice>

#include <sodium.h>

namespace {

constexpr quint8 tokenVersion = 1;
constexpr qsizetype signatureSize = crypto_auth_hmacsha256_BYTES;
constexpr qsizetype longestToken = 1024; // a name of 120 characters fits twice
constexpr auto base64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

QByteArray signature(QByteArrayView payload, const QByteArray &key)
{
    QByteArray out(signatureSize, Qt::Uninitialized);
    crypto_auth_hmacsha256(
        reinterpret_cast<unsigned char *>(out.data()),
        reinterpret_cast<const unsigned char *>(payload.data()),
        static_cast<unsigned long long>(payload.size()),
        reinterpret_cast<const unsigned char *>(key.constData())
    );
    return out;
}

tl::unexpected<Problem> refused(const QString &why)
{
    return fail({ ProblemKind::unauthenticated, why, {}, {}, {} });
}

} // namespace

TokenSigner::TokenSigner(const QMap<quint32, QByteArray> &keys, quint32 signingKey)
    : m_keys(keys)
    , m_signingKey(signingKey)
{
    Q_ASSERT(keys.contains(signingKey));
}

QByteArray TokenSigner::sign(const Caller &bearer, Instant expiresAt) const
{
    QByteArray payload;
    QDataStream out(&payload, QIODevice::WriteOnly);
    out << tokenVersion << m_signingKey << bearer.session.uuid() << bearer.account.uuid()
        << static_cast<quint8>(bearer.role) << qint64(expiresAt.time_since_epoch().count())
        << bearer.name.toUtf8();
    return (payload + signature(payload, m_keys.value(m_signingKey))).toBase64(base64);
}

Result<Caller> TokenSigner::read(QByteArrayView token, Instant now) const
{
    const QString forged = QStringLiteral("The access token is not one of ours.");
    if (token.size() > longestToken)
        return refused(forged);
    const auto decoded = QByteArray::fromBase64Encoding(
        token.toByteArray(), base64 | QByteArray::AbortOnBase64DecodingErrors
    );
    if (!decoded || decoded.decoded.size() <= signatureSize)
        return refused(forged);
    const QByteArray payload = decoded.decoded.chopped(signatureSize);

    QDataStream in(payload);
    quint8 version = 0;
    quint32 keyId = 0;
    QUuid session;
    QUuid account;
    quint8 role = 0;
    qint64 expiry = 0;
    QByteArray name;
    in >> version >> keyId;
    const auto key = m_keys.constFind(keyId);
    if (version != tokenVersion || key == m_keys.cend())
        return refused(forged);
    // In constant time: how many bytes of a guess were right must not show.
    const QByteArray expected = signature(payload, *key);
    if (sodium_memcmp(
            expected.constData(), decoded.decoded.constData() + payload.size(), size_t(signatureSize)
        )
        != 0)
        return refused(forged);
    in >> session >> account >> role >> expiry >> name;
    if (in.status() != QDataStream::Ok || role > static_cast<quint8>(api::Role::admin))
        return refused(forged);
    if (now.time_since_epoch().count() >= expiry)
        return refused(QStringLiteral("The access token has expired."));

    Caller caller;
    caller.session = api::SessionId(session);
    caller.account = api::AccountId(account);
    caller.role = static_cast<api::Role>(role);
    caller.name = QString::fromUtf8(name);
    return caller;
}
