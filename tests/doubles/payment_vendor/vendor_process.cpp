#include "tests/doubles/payment_vendor/vendor_process.h"

#include "shared/core/id.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <csignal>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

VendorProcess::VendorProcess(Options options)
    : m_options(std::move(options))
{
    if (m_options.directory.isEmpty()) {
        m_ownDirectory = std::make_unique<QTemporaryDir>();
        m_options.directory = m_ownDirectory->path();
    }
    if (!QDir().mkpath(m_options.directory) || !m_log.open())
        qFatal("There is no room for the payment vendor.");
    makeKey(u"vendor.key"_s, "sk_test_");
    makeKey(u"webhook.key"_s, "whsec_");
    start();
}

VendorProcess::~VendorProcess()
{
    stop();
}

QString VendorProcess::path(const QString &name) const
{
    return QDir(m_options.directory).filePath(name);
}

void VendorProcess::makeKey(const QString &name, const QByteArray &prefix) const
{
    QFile file(path(name));
    if (file.exists())
        return;
    const QByteArray key = prefix + QUuid::createUuid().toByteArray(QUuid::Id128) + '\n';
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly)
        || !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || file.write(key) != key.size())
        qFatal("%s cannot be written.", qPrintable(file.fileName()));
}

void VendorProcess::start()
{
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    m_process->setStandardOutputFile(m_log.fileName(), QIODevice::Append);
    // A test that crashes must not leave a vendor behind.
    m_process->setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGTERM); });
    m_log.resize(0);
    QStringList arguments { u"--port"_s,           QString::number(m_options.port), u"--key-file"_s,
                            path(u"vendor.key"_s), u"--webhook-key-file"_s,         path(u"webhook.key"_s) };
    if (!m_ownDirectory)
        arguments += { u"--state"_s, path(u"vendor.json"_s) };
    m_process->start(QStringLiteral(SQUAD_PAYMENT_VENDOR), arguments);
    static const QRegularExpression listening(u"listening on (http\\S+)"_s);
    const QDeadlineTimer deadline(30'000);
    while (!deadline.hasExpired()) {
        QFile log(m_log.fileName());
        const bool isOpen = log.open(QIODevice::ReadOnly);
        const auto match = listening.match(isOpen ? QString::fromUtf8(log.readAll()) : QString());
        if (match.hasMatch()) {
            m_url = QUrl(match.captured(1));
            m_options.port = static_cast<quint16>(m_url.port());
            return;
        }
        if (m_process->waitForFinished(20))
            qFatal("The payment vendor does not start: %s", qPrintable(m_process->errorString()));
    }
    qFatal("The payment vendor does not start in time.");
}

void VendorProcess::stop()
{
    if (!m_process || m_process->state() == QProcess::NotRunning)
        return;
    m_process->terminate();
    if (!m_process->waitForFinished(30'000)) {
        m_process->kill();
        m_process->waitForFinished(-1);
    }
}

QByteArray VendorProcess::key() const
{
    QFile file(path(u"vendor.key"_s));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

QByteArray VendorProcess::webhookKey() const
{
    QFile file(path(u"webhook.key"_s));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

QStringList VendorProcess::serverOptions() const
{
    return { u"--payment-url"_s,
             m_url.toString(),
             u"--payment-key-file"_s,
             path(u"vendor.key"_s),
             u"--payment-webhook-key-file"_s,
             path(u"webhook.key"_s) };
}

void VendorProcess::sendWebhooksTo(const QUrl &server)
{
    control("PUT", u"webhooks"_s, server.resolved(QUrl(u"/api/v1/webhooks/payment"_s)).toEncoded());
}

void VendorProcess::behave(const QJsonObject &changes)
{
    const auto answer = control("PATCH", u"behaviour"_s, QJsonDocument(changes).toJson());
    if (answer.status != 200)
        qFatal("The vendor cannot behave so: %s", answer.body.constData());
}

void VendorProcess::forgetKeys()
{
    control("POST", u"forget-keys"_s);
}

QJsonObject VendorProcess::state()
{
    return control("GET", u"state"_s).json();
}

BlockingClient::Answer
VendorProcess::control(const QByteArray &method, const QString &what, const QByteArray &body)
{
    const auto answer = BlockingClient(m_url).send(method, "/control/"_L1 + what, body);
    if (answer.status == 0)
        qFatal("The vendor does not answer.");
    return answer;
}

BlockingClient::Answer VendorProcess::ask(
    const QByteArray &method, const QString &path, const QByteArray &form, const QByteArray &idempotencyKey
)
{
    QList<std::pair<QByteArray, QByteArray>> headers { { "Authorization", "Bearer " + key() } };
    if (!idempotencyKey.isEmpty())
        headers.append({ "Idempotency-Key", idempotencyKey });
    return BlockingClient(m_url).send(method, path, form, headers);
}
