#include "server/http/tls.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

using namespace Qt::StringLiterals;

namespace {

Result<QByteArray> readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Problem::internal(u"%1 cannot be read: %2"_s.arg(path, file.errorString())));
    return file.readAll();
}

} // namespace

Result<QSslConfiguration> readTlsConfiguration(const QString &certificateFile, const QString &keyFile)
{
    const QByteArray keyText = TRY(readFile(keyFile));
    const QList<QSslCertificate> chain = QSslCertificate::fromData(TRY(readFile(certificateFile)), QSsl::Pem);
    if (chain.isEmpty())
        return fail(Problem::internal(u"%1 holds no PEM certificate."_s.arg(certificateFile)));
    QSslKey key(keyText, QSsl::Rsa, QSsl::Pem);
    if (key.isNull())
        key = QSslKey(keyText, QSsl::Ec, QSsl::Pem);
    if (key.isNull())
        return fail(Problem::internal(u"%1 holds no RSA or EC key in PEM."_s.arg(keyFile)));
    if (key.algorithm() != chain.constFirst().publicKey().algorithm())
        return fail(Problem::internal(
            u"The key %1 does not belong to the certificate %2."_s.arg(keyFile, certificateFile)
        ));

    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificateChain(chain);
    configuration.setPrivateKey(key);
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    configuration.setAllowedNextProtocols({ QSslConfiguration::NextProtocolHttp1_1 });
    return configuration;
}
