#include "server/config.h"

#include <QTemporaryDir>
#include <QTest>

namespace {

QStringList names(const Result<Config> &config)
{
    QStringList list;
    if (!config) {
        for (const FieldError &error : config.error().fields)
            list += error.pointer;
    }
    return list;
}

} // namespace

class ConfigTest : public QObject
{
    Q_OBJECT

private slots:
    void nothingSetIsAUsableServer()
    {
        const Result<Config> config = Config::read({}, {});

        QVERIFY(config);
        QCOMPARE(config->port, quint16(8080));
        QVERIFY(!config->databaseUrl);
        QVERIFY(!config->demo);
    }

    void theCommandLineWinsOverTheEnvironmentOverTheFile()
    {
        const QString file = write("io-threads = 3\ndatabase-workers = 5\nlog-level = \"debug\"\n");

        const Result<Config> config = Config::read(
            { QStringLiteral("--config"), file, QStringLiteral("--log-level=critical") },
            { { QStringLiteral("SQUAD_IO_THREADS"), QStringLiteral("4") },
              { QStringLiteral("SQUAD_LOG_LEVEL"), QStringLiteral("warning") } }
        );

        QVERIFY(config);
        QCOMPARE(config->databaseWorkers, 5);
        QCOMPARE(config->ioThreads, 4);
        QCOMPARE(config->logLevel, QStringLiteral("critical"));
    }

    void onlyADemoMayWarpTime()
    {
        const QString option = QStringLiteral("--time-warp");

        const Result<Config> demo
            = Config::read({ QStringLiteral("--demo"), option, QStringLiteral("1000") }, {});
        QVERIFY(demo);
        QCOMPARE(demo->timeWarp, 1000);

        QCOMPARE(
            names(Config::read({ option, QStringLiteral("1000") }, {})), { QStringLiteral("time-warp") }
        );
        for (const char *wrong : { "0", "-5", "fast", "10000001", "1.5" })
            QCOMPARE(
                names(Config::read({ QStringLiteral("--demo"), option, QString::fromLatin1(wrong) }, {})),
                { QStringLiteral("time-warp") }
            );
    }

    void everyMistakeIsNamedAtOnceWithItsSource()
    {
        const QString file = write("io-threads = 900\nspeling = 1\n");

        const Result<Config> config = Config::read(
            { QStringLiteral("--config"),
              file,
              QStringLiteral("--listen"),
              QStringLiteral("nowhere"),
              QStringLiteral("--bogus") },
            {}
        );

        QCOMPARE(
            names(config),
            QStringList({ QStringLiteral("--bogus"),
                          QStringLiteral("io-threads"),
                          QStringLiteral("speling"),
                          QStringLiteral("listen") })
        );
        QVERIFY(config.error().fields.at(1).detail.contains(QStringLiteral("line 1")));
    }

    void addressesAreReadInBothFamilies_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("port");
        QTest::newRow("IPv4") << QStringLiteral("127.0.0.1:8081") << 8081;
        QTest::newRow("IPv6") << QStringLiteral("[::1]:443") << 443;
        QTest::newRow("any free port") << QStringLiteral("0.0.0.0:0") << 0;
        QTest::newRow("no port") << QStringLiteral("127.0.0.1") << -1;
        QTest::newRow("a name") << QStringLiteral("localhost:80") << -1;
        QTest::newRow("too large a port") << QStringLiteral("127.0.0.1:70000") << -1;
        QTest::newRow("nothing") << QString() << -1;
    }

    void addressesAreReadInBothFamilies()
    {
        QFETCH(QString, text);
        QFETCH(int, port);

        const Result<Config> config = Config::read({ QStringLiteral("--listen"), text }, {});

        QCOMPARE(config.has_value(), port >= 0);
        if (config)
            QCOMPARE(int(config->port), port);
    }

    void aCertificateWithoutItsKeyIsRefused()
    {
        const QString certificate = write("");

        QCOMPARE(
            names(Config::read({ QStringLiteral("--tls-certificate"), certificate }, {})),
            QStringList(QStringLiteral("tls-key"))
        );
    }

    void aVendorOfShortMessagesNeedsAllThatMakesOne()
    {
        const QString token = write("");
        const QStringList account { QStringLiteral("--twilio-account"), QStringLiteral("AC1") };
        const QStringList rest { QStringLiteral("--twilio-token-file"),
                                 token,
                                 QStringLiteral("--twilio-from"),
                                 QStringLiteral("+15005550006") };

        QVERIFY(Config::read(account + rest, {}));
        QCOMPARE(names(Config::read(account, {})), QStringList(QStringLiteral("twilio-account")));
        QCOMPARE(names(Config::read(rest, {})), QStringList(QStringLiteral("twilio-account")));
    }

    void whatTravelsToVendorsIsNotInTheClear()
    {
        const auto isTaken = [](const char *option, const char *url) {
            return Config::read({ QLatin1String(option), QLatin1String(url) }, {}).has_value();
        };
        for (const char *option : { "--twilio-url", "--vonage-url", "--payment-url", "--public-url" }) {
            QVERIFY(isTaken(option, "https://squad.example"));
            QVERIFY(isTaken(option, "http://127.0.0.1:8080"));
            QVERIFY(!isTaken(option, "http://squad.example"));
            QVERIFY(!isTaken(option, "ftp://squad.example"));
        }
        QVERIFY(!isTaken("--public-url", "https://squad.example/path"));
        QVERIFY(!isTaken("--public-url", "https://squad.example/?a=b"));
    }

    void aBrokenFileSaysWhere()
    {
        const Result<Config> config = Config::read({ QStringLiteral("--config"), write("listen = \n") }, {});

        QCOMPARE(names(config), QStringList(QStringLiteral("config")));
        QVERIFY(config.error().fields.first().detail.contains(QStringLiteral("line 1")));
    }

private:
    QString write(const QByteArray &text)
    {
        const QString path = m_dir.filePath(QStringLiteral("%1.toml").arg(++m_files));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(path));
        return path;
    }

    QTemporaryDir m_dir;
    int m_files = 0;
};

QTEST_APPLESS_MAIN(ConfigTest)
#include "config_test.moc"
