#include "tests/doubles/message_vendor/message_vendor_process.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>
#include <QStandardPaths>

#include <csignal>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

MessageVendorProcess::MessageVendorProcess()
{
    if (!m_directory.isValid() || !m_log.open())
        qFatal("There is no room for the message vendors.");
    makeToken();
    m_hasMail = makeCertificate();
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setStandardOutputFile(m_log.fileName(), QIODevice::Append);
    // A test that crashes must not leave a vendor behind.
    m_process.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGTERM); });
    QStringList arguments { u"--sms-token-file"_s, path(u"sms.token"_s) };
    if (m_hasMail)
        arguments += { u"--certificate"_s, path(u"mail.crt"_s), u"--key"_s, path(u"mail.key"_s) };
    m_process.start(QStringLiteral(SQUAD_MESSAGE_VENDOR), arguments);
    const QDeadlineTimer deadline(30'000);
    while (!readUrls()) {
        if (deadline.hasExpired() || m_process.waitForFinished(20))
            qFatal("The message vendors do not start: %s", qPrintable(m_process.errorString()));
    }
}

MessageVendorProcess::~MessageVendorProcess()
{
    m_process.terminate();
    if (!m_process.waitForFinished(30'000)) {
        m_process.kill();
        m_process.waitForFinished(-1);
    }
}

void MessageVendorProcess::makeToken() const
{
    QFile file(path(u"sms.token"_s));
    const QByteArray token = QUuid::createUuid().toByteArray(QUuid::Id128) + '\n';
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly)
        || !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || file.write(token) != token.size())
        qFatal("%s cannot be written.", qPrintable(file.fileName()));
}

// Mail is not carried in the clear, and who has no openssl goes without.
bool MessageVendorProcess::makeCertificate() const
{
    const QString openssl = QStandardPaths::findExecutable(u"openssl"_s);
    if (openssl.isEmpty())
        return false;
    QProcess process;
    process.start(
        openssl,
        { u"req"_s,
          u"-x509"_s,
          u"-nodes"_s,
          u"-days"_s,
          u"30"_s,
          u"-newkey"_s,
          u"ec"_s,
          u"-pkeyopt"_s,
          u"ec_paramgen_curve:prime256v1"_s,
          u"-subj"_s,
          u"/CN=sandbox"_s,
          u"-addext"_s,
          u"subjectAltName=IP:127.0.0.1"_s,
          u"-keyout"_s,
          path(u"mail.key"_s),
          u"-out"_s,
          path(u"mail.crt"_s) }
    );
    return process.waitForFinished(30'000) && process.exitCode() == 0;
}

bool MessageVendorProcess::readUrls()
{
    QFile log(m_log.fileName());
    const QString said = log.open(QIODevice::ReadOnly) ? QString::fromUtf8(log.readAll()) : QString();
    const auto urlAfter = [&said](const QString &what) {
        const QRegularExpression line(what + u" at (\\S+)\\n"_s);
        return QUrl(line.match(said).captured(1));
    };
    m_sms = urlAfter(u"sms"_s);
    m_smtp = urlAfter(u"mail"_s);
    m_page = urlAfter(u"to read"_s); // which is said last
    return !m_page.isEmpty();
}

QStringList MessageVendorProcess::serverOptions() const
{
    QStringList options { u"--twilio-account"_s, u"ACsandbox"_s,           u"--twilio-url"_s,
                          m_sms.toString(),      u"--twilio-token-file"_s, path(u"sms.token"_s),
                          u"--twilio-from"_s,    u"+15005550006"_s };
    if (m_hasMail)
        options += { u"--smtp-url"_s,         m_smtp.toString(),       u"--smtp-from"_s,
                     u"desk@squad.example"_s, u"--smtp-authorities"_s, path(u"mail.crt"_s) };
    return options;
}

void MessageVendorProcess::behave(const QJsonObject &changes)
{
    const auto answer = control("PATCH", u"behaviour"_s, QJsonDocument(changes).toJson());
    if (answer.status != 200)
        qFatal("The vendor cannot behave so: %s", answer.body.constData());
}

QList<QJsonObject> MessageVendorProcess::texts()
{
    QList<QJsonObject> texts;
    const QJsonArray items = control("GET", u"messages"_s).json().value(u"items"_s).toArray();
    for (const QJsonValue &each : items)
        texts.append(each.toObject());
    return texts;
}

BlockingClient::Answer
MessageVendorProcess::control(const QByteArray &method, const QString &what, const QByteArray &body)
{
    auto answer = BlockingClient(m_sms).send(method, "/control/"_L1 + what, body);
    if (answer.status == 0)
        qFatal("The vendor does not answer.");
    return answer;
}
