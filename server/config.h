#pragma once

#include "shared/core/result.h"
#include "shared/core/secret.h"

#include <QHostAddress>
#include <QMap>
#include <QUrl>

// What an operator can set. Each setting has one name, which is the key in the TOML file, the command-line
// option
// (`--io-threads`) and, in capitals with SQUAD_ before it, the environment variable (`SQUAD_IO_THREADS`). The
// command line wins over the environment, the environment over the file. Read once, before anything starts.
struct Config
{
    QString dataDir = QStringLiteral("/var/lib/sysops-squad");
    std::optional<QString> databaseUrl; // none: a private cluster in dataDir
    QHostAddress host = QHostAddress(QHostAddress::LocalHost);
    quint16 port = 8080; // 0: any free one
    std::optional<QString> tlsCertificate; // PEM files; both or neither
    std::optional<QString> tlsKey;
    int ioThreads = 2;
    int databaseWorkers = 8;
    qint64 maxBodyBytes = 1'048'576;
    int maxConnections = 10'000;
    int maxConnectionsPerAddress = 200;
    QString defaultRegion = QStringLiteral("northeast"); // of a ZIP code that no region claims
    int passwordMemoryMib = 64; // argon2id; one sign-in costs this much memory and about a tenth of a second
    QString logLevel = QStringLiteral("info");
    bool demo = false; // load the invented people and their logins at the start
    int demoExperts = 300;
    Secret demoPassword = Secret("squad-demo-2026"); // of everybody invented; the README tells it
    std::optional<int> timeWarp; // how many times as fast as the world's time passes; for a demo only
    std::optional<QString> cardKeyFile; // master keys of the card vault; or what prints them
    std::optional<QString> cardKeyCommand;
    std::optional<QString> paymentKeyFile; // the vendor's secret key; none: nothing can be charged
    std::optional<QString> paymentWebhookKeyFile;
    QUrl paymentUrl = QUrl(QStringLiteral("https://api.stripe.com"));
    QStringList billIssuer { QStringLiteral("Penultimate Electronics") }; // the lines of its letterhead
    int paymentConcurrency = 32;
    int paymentTimeoutMs = 20'000;
    std::optional<QUrl> smtpUrl; // the mail server; none: no mail is sent
    std::optional<QString> smtpFrom;
    std::optional<QString> smtpUser;
    std::optional<QString> smtpPasswordFile;
    std::optional<QString> smtpAuthorities; // who may vouch for the mail server; none: the system's
    std::optional<QUrl> publicUrl; // where vendors and customers reach this server; none: vendors tell it nothing
    // What a vendor of short messages carries of them.
    struct SmsShare
    {
        int priority = 1; // the lowest first, the others while it is away
        int weight = 1; // among those of the same priority
        int perSecond = 0; // 0: as many as there are
    };
    std::optional<QString> twilioAccount; // none: it is not used
    std::optional<QString> twilioTokenFile;
    std::optional<QString> twilioFrom;
    QUrl twilioUrl = QUrl(QStringLiteral("https://api.twilio.com"));
    SmsShare twilioShare;
    std::optional<QString> vonageKey; // none: it is not used
    std::optional<QString> vonageSecretFile;
    std::optional<QString> vonageSignatureFile; // what it signs receipts with; none: they are not heard
    std::optional<QString> vonageFrom;
    QUrl vonageUrl = QUrl(QStringLiteral("https://rest.nexmo.com"));
    SmsShare vonageShare { 2, 1, 0 };
    std::optional<QString> zipTable; // positions of single ZIP codes, for `seed`

    // `arguments` without program and command. Fails with every problem at once, each naming the setting and
    // where it was read.
    static Result<Config> read(const QStringList &arguments, const QMap<QString, QString> &environment);

    // One line per setting, for --help.
    static QString help();
};
