#include "server/config.h"

#include "shared/core/text.h"

#include <QFile>
#include <QRegularExpression>

#include <sstream>
#include <toml++/toml.h>

namespace {

using Outcome = tl::expected<void, QString>;

struct Setting
{
    const char *name;
    const char *help;
    Outcome (*set)(Config &config, const QString &text);
};

template <class Number>
Outcome setNumber(Number &out, const QString &text, qint64 min, qint64 max)
{
    bool ok = false;
    const qint64 number = text.toLongLong(&ok);
    if (!ok || number < min || number > max)
        return tl::unexpected(QStringLiteral("must be a whole number from %1 to %2").arg(min).arg(max));
    out = static_cast<Number>(number);
    return {};
}

Outcome setText(QString &out, const QString &text)
{
    if (text.isEmpty())
        return tl::unexpected(QStringLiteral("must not be empty"));
    out = text;
    return {};
}

Outcome setFile(std::optional<QString> &out, const QString &text)
{
    if (!QFile::exists(text))
        return tl::unexpected(QStringLiteral("names a file that does not exist: %1").arg(text));
    out = text;
    return {};
}

Outcome setListen(Config &config, const QString &text)
{
    const qsizetype colon = text.lastIndexOf(u':');
    QString host = text.left(colon);
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1, host.size() - 2);
    bool ok = false;
    const ushort port = text.mid(colon + 1).toUShort(&ok);
    const QHostAddress address(host);
    if (colon < 0 || !ok || address.isNull())
        return tl::unexpected(
            QStringLiteral("must be an address and a port, such as 127.0.0.1:8080 or [::]:443")
        );
    config.host = address;
    config.port = port;
    return {};
}

Outcome setLogLevel(Config &config, const QString &text)
{
    static const QStringList levels {
        QStringLiteral("debug"), QStringLiteral("info"), QStringLiteral("warning"), QStringLiteral("critical")
    };
    if (!levels.contains(text))
        return tl::unexpected(QStringLiteral("must be one of %1").arg(levels.join(QLatin1String(", "))));
    config.logLevel = text;
    return {};
}

Outcome setFlag(bool &out, const QString &text)
{
    if (text != QLatin1String("yes") && text != QLatin1String("no"))
        return tl::unexpected(QStringLiteral("must be yes or no"));
    out = text == QLatin1String("yes");
    return {};
}

Outcome setDemoPassword(Config &config, const QString &text)
{
    if (text.size() < 10 || text.size() > 200)
        return tl::unexpected(QStringLiteral("must have 10 to 200 characters"));
    config.demoPassword = Secret(text.toUtf8());
    return {};
}

Outcome setDatabaseUrl(Config &config, const QString &text)
{
    if (!text.startsWith(QLatin1String("postgresql://")) && !text.contains(u'='))
        return tl::unexpected(QStringLiteral("must be a postgresql:// URL or a libpq connection string"));
    config.databaseUrl = text;
    return {};
}

// Cards, messages and the vendor's key travel there: in the clear only where nobody else is.
Outcome setVendorUrl(QUrl &out, const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    const bool isHere = QHostAddress(url.host()).isLoopback() || url.host() == QLatin1String("localhost");
    if (!url.isValid() || url.host().isEmpty()
        || !(url.scheme() == QLatin1String("https") || (url.scheme() == QLatin1String("http") && isHere)))
        return tl::unexpected(QStringLiteral("must be a https:// URL, or http:// on this machine"));
    out = url;
    return {};
}

Outcome setPublicUrl(Config &config, const QString &text)
{
    QUrl url;
    if (const Outcome outcome = setVendorUrl(url, text); !outcome)
        return outcome;
    if (!(url.path().isEmpty() || url.path() == QLatin1String("/")) || url.hasQuery() || url.hasFragment()
        || !url.userInfo().isEmpty())
        return tl::unexpected(QStringLiteral("must be a server without a path, such as https://squad.example")
        );
    url.setPath(QString());
    config.publicUrl = url;
    return {};
}

// What stands in a path and a login.
Outcome setWord(std::optional<QString> &out, const QString &text)
{
    static const QRegularExpression word(QStringLiteral("^[A-Za-z0-9]{1,64}$"));
    if (!word.match(text).hasMatch())
        return tl::unexpected(QStringLiteral("must be 1 to 64 letters and digits"));
    out = text;
    return {};
}

// A number, the Sid of a messaging service, or the word that telephones show instead of a number.
Outcome setSmsFrom(std::optional<QString> &out, const QString &text)
{
    static const QRegularExpression sender(
        QStringLiteral("^(\\+[1-9][0-9]{7,14}|MG[0-9a-fA-F]{32}|[A-Za-z0-9 ]{1,11})$")
    );
    if (!sender.match(text).hasMatch())
        return tl::unexpected(QStringLiteral("must be a number such as +15005550006, or a sender's name"));
    out = text;
    return {};
}

Outcome setBillIssuer(Config &config, const QString &text)
{
    QStringList lines = text.split(u'|');
    for (QString &line : lines)
        line = line.trimmed();
    if (lines.first().isEmpty() || lines.size() > 8 || text.size() > 400)
        return tl::unexpected(QStringLiteral("must be up to 8 lines and 400 characters, the first a name"));
    config.billIssuer = lines;
    return {};
}

Outcome setSmtpUrl(Config &config, const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || !url.userInfo().isEmpty()
        || !(url.scheme() == QLatin1String("smtps") || url.scheme() == QLatin1String("smtp")))
        return tl::unexpected(
            QStringLiteral("must be smtps://host:port, or smtp://host:port for a server with STARTTLS")
        );
    config.smtpUrl = url;
    return {};
}

Outcome setSmtpFrom(Config &config, const QString &text)
{
    const auto address = Email::parse(text);
    if (!address)
        return tl::unexpected(address.error());
    config.smtpFrom = address->toString();
    return {};
}

const Setting settings[] = {
    { "data-dir",
      "where everything that must survive a restart lies",
      [](Config &c, const QString &t) { return setText(c.dataDir, t); } },
    { "database-url", "a PostgreSQL to use instead of a private one in data-dir", setDatabaseUrl },
    { "listen", "address and port, such as 127.0.0.1:8080; port 0 takes any free one", setListen },
    { "tls-certificate",
      "PEM file with the certificate chain; with tls-key, serves HTTPS",
      [](Config &c, const QString &t) { return setFile(c.tlsCertificate, t); } },
    { "tls-key",
      "PEM file with the private key",
      [](Config &c, const QString &t) { return setFile(c.tlsKey, t); } },
    { "io-threads",
      "threads that read and write sockets, 1 to 16",
      [](Config &c, const QString &t) { return setNumber(c.ioThreads, t, 1, 16); } },
    { "database-workers",
      "requests that may be in the database at once, 1 to 64",
      [](Config &c, const QString &t) { return setNumber(c.databaseWorkers, t, 1, 64); } },
    { "max-body-bytes",
      "largest request body",
      [](Config &c, const QString &t) { return setNumber(c.maxBodyBytes, t, 1024, 1LL << 30); } },
    { "max-connections",
      "open connections in all",
      [](Config &c, const QString &t) { return setNumber(c.maxConnections, t, 1, 100'000); } },
    { "max-connections-per-address",
      "open connections of one client address",
      [](Config &c, const QString &t) { return setNumber(c.maxConnectionsPerAddress, t, 1, 100'000); } },
    { "default-region",
      "region of a ZIP code that no region claims",
      [](Config &c, const QString &t) { return setText(c.defaultRegion, t); } },
    { "password-memory-mib",
      "memory that hashing a password takes, 8 to 1024 MiB",
      [](Config &c, const QString &t) { return setNumber(c.passwordMemoryMib, t, 8, 1024); } },
    { "log-level", "debug, info, warning or critical", setLogLevel },
    { "demo",
      "yes or no: load invented people with known logins; never on an installation that people use",
      [](Config &c, const QString &t) { return setFlag(c.demo, t); } },
    { "demo-experts",
      "how many experts the demo has, 5 to 50000",
      [](Config &c, const QString &t) { return setNumber(c.demoExperts, t, 5, 50'000); } },
    { "demo-password", "the password of everybody in the demo, 10 to 200 characters", setDemoPassword },
    { "time-warp",
      "how many times as fast time passes, 1 to 10000000; for a demo, and for good: it never goes back",
      [](Config &c, const QString &t) { return setNumber(c.timeWarp.emplace(), t, 1, 10'000'000); } },
    { "card-key-file",
      "file of mode 0600 with the master keys of the card vault: a version and 32 bytes in base64 per line",
      [](Config &c, const QString &t) { return setFile(c.cardKeyFile, t); } },
    { "card-key-command",
      "program, with arguments, that prints the same",
      [](Config &c, const QString &t) { return setText(c.cardKeyCommand.emplace(), t); } },
    { "payment-key-file",
      "file of mode 0600 with the secret key of the payment vendor",
      [](Config &c, const QString &t) { return setFile(c.paymentKeyFile, t); } },
    { "payment-webhook-key-file",
      "file of mode 0600 with the secret that the payment vendor signs webhooks with",
      [](Config &c, const QString &t) { return setFile(c.paymentWebhookKeyFile, t); } },
    { "payment-url",
      "where the payment vendor's API is; https, or on this machine",
      [](Config &c, const QString &t) { return setVendorUrl(c.paymentUrl, t); } },
    { "bill-issuer", "name and address on bills, lines separated by |, at most 8", setBillIssuer },
    { "payment-concurrency",
      "requests that may be with the payment vendor at once, 1 to 256",
      [](Config &c, const QString &t) { return setNumber(c.paymentConcurrency, t, 1, 256); } },
    { "payment-timeout-ms",
      "how long the payment vendor may be silent, 100 to 120000",
      [](Config &c, const QString &t) { return setNumber(c.paymentTimeoutMs, t, 100, 120'000); } },
    { "smtp-url", "the mail server: smtps://host:port, or smtp://host:port with STARTTLS", setSmtpUrl },
    { "smtp-from", "the address that mails come from; bounces arrive at <it>+<message>@", setSmtpFrom },
    { "smtp-user",
      "whom to sign in as at the mail server",
      [](Config &c, const QString &t) { return setText(c.smtpUser.emplace(), t); } },
    { "smtp-password-file",
      "file of mode 0600 with the password there",
      [](Config &c, const QString &t) { return setFile(c.smtpPasswordFile, t); } },
    { "smtp-authorities",
      "PEM file of those who may vouch for the mail server, instead of the system's",
      [](Config &c, const QString &t) { return setFile(c.smtpAuthorities, t); } },
    { "public-url", "where vendors and customers reach this server, such as https://squad.example", setPublicUrl },
    { "twilio-account",
      "the account's Sid at Twilio, who then carries short messages",
      [](Config &c, const QString &t) { return setWord(c.twilioAccount, t); } },
    { "twilio-token-file",
      "file of mode 0600 with its auth token",
      [](Config &c, const QString &t) { return setFile(c.twilioTokenFile, t); } },
    { "twilio-from",
      "the number that messages come from, or the Sid of a messaging service",
      [](Config &c, const QString &t) { return setSmsFrom(c.twilioFrom, t); } },
    { "twilio-url",
      "where Twilio's API is; https, or on this machine",
      [](Config &c, const QString &t) { return setVendorUrl(c.twilioUrl, t); } },
    { "twilio-priority",
      "1 to 9: vendors of the lowest carry all while they are there",
      [](Config &c, const QString &t) { return setNumber(c.twilioShare.priority, t, 1, 9); } },
    { "twilio-weight",
      "1 to 100: its share among those of its priority",
      [](Config &c, const QString &t) { return setNumber(c.twilioShare.weight, t, 1, 100); } },
    { "twilio-per-second",
      "most messages that it is given in a second, up to 1000; 0: any number",
      [](Config &c, const QString &t) { return setNumber(c.twilioShare.perSecond, t, 0, 1000); } },
    { "vonage-key",
      "the account's API key at Vonage, who then carries short messages",
      [](Config &c, const QString &t) { return setWord(c.vonageKey, t); } },
    { "vonage-secret-file",
      "file of mode 0600 with its API secret",
      [](Config &c, const QString &t) { return setFile(c.vonageSecretFile, t); } },
    { "vonage-signature-file",
      "file of mode 0600 with the secret that Vonage signs receipts with, by SHA-256 HMAC",
      [](Config &c, const QString &t) { return setFile(c.vonageSignatureFile, t); } },
    { "vonage-from",
      "the number or name that messages come from",
      [](Config &c, const QString &t) { return setSmsFrom(c.vonageFrom, t); } },
    { "vonage-url",
      "where Vonage's API is; https, or on this machine",
      [](Config &c, const QString &t) { return setVendorUrl(c.vonageUrl, t); } },
    { "vonage-priority",
      "1 to 9: vendors of the lowest carry all while they are there",
      [](Config &c, const QString &t) { return setNumber(c.vonageShare.priority, t, 1, 9); } },
    { "vonage-weight",
      "1 to 100: its share among those of its priority",
      [](Config &c, const QString &t) { return setNumber(c.vonageShare.weight, t, 1, 100); } },
    { "vonage-per-second",
      "most messages that it is given in a second, up to 1000; 0: any number",
      [](Config &c, const QString &t) { return setNumber(c.vonageShare.perSecond, t, 0, 1000); } },
    { "zip-table",
      "CSV file with a position for each ZIP code (GeoNames: code, city, state, lat, lon) for `seed` to load",
      [](Config &c, const QString &t) { return setFile(c.zipTable, t); } },
};

const Setting *findSetting(const QString &name)
{
    const auto *found = std::ranges::find_if(settings, [&](const Setting &each) {
        return name == QLatin1String(each.name);
    });
    return found == std::end(settings) ? nullptr : found;
}

QString environmentName(const Setting &setting)
{
    return QStringLiteral("SQUAD_") + QString::fromLatin1(setting.name).toUpper().replace(u'-', u'_');
}

// Collects what each source says and what is wrong with it.
class Reading
{
public:
    void take(const QString &name, const QString &value, const QString &source)
    {
        const Setting *setting = findSetting(name);
        if (!setting)
            return refuse(name, QStringLiteral("is not a setting; --help lists them (%1)").arg(source));
        if (const Outcome outcome = setting->set(m_config, value); !outcome)
            refuse(name, QStringLiteral("%1 (%2)").arg(outcome.error(), source));
    }

    void takeFile(const QString &path)
    {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return refuse(
                QStringLiteral("config"),
                QStringLiteral("cannot be read: %1: %2").arg(path, file.errorString())
            );
        toml::table table;
        try {
            table = toml::parse(file.readAll().toStdString(), path.toStdString());
        } catch (const toml::parse_error &error) {
            std::ostringstream where;
            where << error;
            return refuse(QStringLiteral("config"), QString::fromStdString(where.str()));
        }
        for (const auto &[key, node] : table) {
            const QString name = QString::fromStdString(std::string(key.str()));
            const QString source = QStringLiteral("%1 line %2").arg(path).arg(node.source().begin.line);
            if (const auto flag = node.value_exact<bool>())
                take(name, *flag ? QStringLiteral("yes") : QStringLiteral("no"), source);
            else if (const auto text = node.value<std::string>())
                take(name, QString::fromStdString(*text), source);
            else if (const auto number = node.value<int64_t>())
                take(name, QString::number(*number), source);
            else
                refuse(name, QStringLiteral("must be a text or a whole number (%1)").arg(source));
        }
    }

    void takeArguments(const QStringList &arguments)
    {
        for (qsizetype i = 0; i < arguments.size(); ++i) {
            const QString argument = arguments.at(i);
            const QString name = argument.mid(2).section(u'=', 0, 0);
            if (!argument.startsWith(QLatin1String("--"))
                || !(findSetting(name) || name == QLatin1String("config"))) {
                refuse(argument, QStringLiteral("is not an option; --help lists them"));
                continue;
            }
            if (argument.contains(u'='))
                m_arguments.append({ name, argument.section(u'=', 1) });
            else if (name == QLatin1String("demo")) // alone it means yes
                m_arguments.append({ name, QStringLiteral("yes") });
            else if (i + 1 < arguments.size())
                m_arguments.append({ name, arguments.at(++i) });
            else
                refuse(name, QStringLiteral("needs a value (command line)"));
        }
    }

    [[nodiscard]] const QList<std::pair<QString, QString>> &arguments() const { return m_arguments; }

    Result<Config> finish()
    {
        if (m_config.tlsCertificate.has_value() != m_config.tlsKey.has_value())
            refuse(QStringLiteral("tls-key"), QStringLiteral("and tls-certificate belong together"));
        if (m_config.timeWarp && !m_config.demo)
            refuse(
                QStringLiteral("time-warp"),
                QStringLiteral("needs demo: an installation that people use keeps the world's time")
            );
        if (m_config.cardKeyFile && m_config.cardKeyCommand)
            refuse(
                QStringLiteral("card-key-command"), QStringLiteral("and card-key-file exclude each other")
            );
        if (m_config.smtpUrl.has_value() != m_config.smtpFrom.has_value())
            refuse(QStringLiteral("smtp-from"), QStringLiteral("and smtp-url belong together"));
        if (m_config.twilioAccount.has_value() != m_config.twilioTokenFile.has_value()
            || m_config.twilioAccount.has_value() != m_config.twilioFrom.has_value())
            refuse(
                QStringLiteral("twilio-account"),
                QStringLiteral("and twilio-token-file and twilio-from belong together")
            );
        if (m_config.vonageKey.has_value() != m_config.vonageSecretFile.has_value()
            || m_config.vonageKey.has_value() != m_config.vonageFrom.has_value())
            refuse(
                QStringLiteral("vonage-key"),
                QStringLiteral("and vonage-secret-file and vonage-from belong together")
            );
        if (m_errors.isEmpty())
            return m_config;
        return fail({ ProblemKind::invalidInput,
                      QStringLiteral("The configuration cannot be used."),
                      {},
                      m_errors,
                      {} });
    }

private:
    void refuse(const QString &name, const QString &detail) { m_errors.append({ name, detail }); }

    Config m_config;
    QList<FieldError> m_errors;
    QList<std::pair<QString, QString>> m_arguments;
};

} // namespace

Result<Config> Config::read(const QStringList &arguments, const QMap<QString, QString> &environment)
{
    Reading reading;
    reading.takeArguments(arguments);
    const QString configVariable = QStringLiteral("SQUAD_CONFIG");
    QString file = environment.value(configVariable);
    for (const auto &[name, value] : reading.arguments()) {
        if (name == QLatin1String("config"))
            file = value;
    }
    if (!file.isEmpty())
        reading.takeFile(file);
    for (const Setting &setting : settings) {
        const QString variable = environmentName(setting);
        if (environment.contains(variable))
            reading.take(QString::fromLatin1(setting.name), environment.value(variable), variable);
    }
    for (const auto &[name, value] : reading.arguments()) {
        if (name != QLatin1String("config"))
            reading.take(name, value, QStringLiteral("command line"));
    }
    return reading.finish();
}

QString Config::help()
{
    QString text = QStringLiteral("  --%1 %2\n")
                       .arg(QStringLiteral("config"), -30)
                       .arg(QStringLiteral("TOML file with these settings"));
    for (const Setting &setting : settings)
        text += QStringLiteral("  --%1 %2\n")
                    .arg(QString::fromLatin1(setting.name), -30)
                    .arg(QString::fromLatin1(setting.help));
    return text;
}
