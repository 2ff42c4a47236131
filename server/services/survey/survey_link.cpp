#include "server/services/survey/survey_link.h"

#include <QRegularExpression>
#include <QtEndian>

#include <sodium.h>

using namespace Qt::StringLiterals;

namespace survey_link {

namespace {

    static_assert(secretBytes == crypto_auth_KEYBYTES);

    constexpr qsizetype idBytes = 16;
    constexpr qsizetype claimBytes = idBytes + qsizetype(sizeof(qint64));
    constexpr qsizetype tokenBytes = claimBytes + qsizetype(crypto_auth_BYTES);
    constexpr auto encoding = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals
        | QByteArray::AbortOnBase64DecodingErrors;

    const unsigned char *bytes(const QByteArray &array)
    {
        return reinterpret_cast<const unsigned char *>(array.constData());
    }

} // namespace

QByteArray newSecret()
{
    QByteArray secret(secretBytes, Qt::Uninitialized);
    randombytes_buf(secret.data(), secretBytes);
    return secret;
}

QString sign(const Claim &claim, const QByteArray &secret)
{
    Q_ASSERT(secret.size() == secretBytes);
    QByteArray token = claim.id.uuid().toRfc4122();
    const qint64 seconds
        = std::chrono::floor<std::chrono::seconds>(claim.expiresAt).time_since_epoch().count();
    token.resize(tokenBytes);
    qToBigEndian(seconds, token.data() + idBytes);
    crypto_auth(
        reinterpret_cast<unsigned char *>(token.data() + claimBytes), bytes(token), claimBytes, bytes(secret)
    );
    return QString::fromLatin1(token.toBase64(encoding));
}

std::optional<Claim> verify(const QString &text, const QByteArray &secret)
{
    const auto decoded = QByteArray::fromBase64Encoding(text.toLatin1(), encoding);
    const QByteArray &token = *decoded;
    if (!decoded || token.size() != tokenBytes || secret.size() != secretBytes)
        return {};
    if (crypto_auth_verify(bytes(token) + claimBytes, bytes(token), claimBytes, bytes(secret)) != 0)
        return {};
    const qint64 seconds = qFromBigEndian<qint64>(token.constData() + idBytes);
    return Claim { api::SurveyId(QUuid::fromRfc4122(token.first(idBytes))),
                   Instant(std::chrono::seconds(seconds)) };
}

QUrl address(const QUrl &server, const QString &token)
{
    QUrl url = server.resolved(QUrl(u"/survey"_s));
    url.setFragment(token);
    return url;
}

QString masked(const QString &text)
{
    static const QRegularExpression link(u"(/survey#)[A-Za-z0-9_-]+"_s);
    return QString(text).replace(link, u"\\1…"_s);
}

} // namespace survey_link
