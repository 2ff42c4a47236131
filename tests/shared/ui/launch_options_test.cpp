#include "shared/ui/launch_options.h"

#include <QBuffer>
#include <QTest>

using namespace Qt::StringLiterals;

class LaunchOptionsTest : public QObject
{
    Q_OBJECT
private slots:
    void nothingIsAskedForByDefault();
    void allThatCanBeAskedFor();
    void thePasswordIsTheFirstLineOfInput();
    void mistakesNameTheOption_data();
    void mistakesNameTheOption();
    void thereIsNoOptionForAPassword();

private:
    static Result<LaunchOptions> parse(const QStringList &arguments, const QByteArray &input = {});
};

Result<LaunchOptions> LaunchOptionsTest::parse(const QStringList &arguments, const QByteArray &input)
{
    QBuffer buffer;
    buffer.setData(input);
    if (!buffer.open(QIODevice::ReadOnly))
        qFatal("no buffer");
    return LaunchOptions::parse(QStringList { u"sysops-expert"_s } + arguments, buffer);
}

void LaunchOptionsTest::nothingIsAskedForByDefault()
{
    const auto options = parse({});

    QVERIFY(options);
    QVERIFY(!options->server && !options->mode && !options->textPercent && !options->size);
    QVERIFY(options->email.isEmpty() && options->password.isEmpty() && options->screenshot.isEmpty());
    QCOMPARE(options->page, 0);
}

void LaunchOptionsTest::allThatCanBeAskedFor()
{
    const auto options = parse({ u"--server"_s,
                                 u"https://squad.example:8443"_s,
                                 u"--email"_s,
                                 u"ada@squad.example"_s,
                                 u"--theme"_s,
                                 u"dark"_s,
                                 u"--text"_s,
                                 u"150"_s,
                                 u"--size"_s,
                                 u"1280x720"_s,
                                 u"--page"_s,
                                 u"2"_s,
                                 u"--profile"_s,
                                 u"van-17"_s,
                                 u"--screenshot"_s,
                                 u"x.png"_s });

    QVERIFY(options);
    QCOMPARE(options->server, std::optional(QUrl(u"https://squad.example:8443"_s)));
    QCOMPARE(options->mode, std::optional(Theme::Mode::dark));
    QCOMPARE(options->textPercent, std::optional(150));
    QCOMPARE(options->size, std::optional(QSize(1280, 720)));
    QCOMPARE(options->page, 1);
    QCOMPARE(options->profile, u"van-17"_s);
    QCOMPARE(options->screenshot, u"x.png"_s);
}

void LaunchOptionsTest::thePasswordIsTheFirstLineOfInput()
{
    const auto options = parse({ u"--password-stdin"_s }, " two words \r\nmore\n"_ba);

    QVERIFY(options);
    QCOMPARE(options->password.reveal(), QByteArrayView(" two words "));
}

void LaunchOptionsTest::mistakesNameTheOption_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");

    QTest::newRow("server") << QStringList { u"--server"_s, u"ftp://x"_s } << u"--server"_s;
    QTest::newRow("theme") << QStringList { u"--theme"_s, u"pink"_s } << u"--theme"_s;
    QTest::newRow("size") << QStringList { u"--size"_s, u"12"_s } << u"--size"_s;
    QTest::newRow("authority") << QStringList { u"--ca-file"_s, u"/dev/null"_s } << u"--ca-file"_s;
    QTest::newRow("no password") << QStringList { u"--password-stdin"_s } << u"--password-stdin"_s;
    QTest::newRow("unknown") << QStringList { u"--nonsense"_s } << u""_s;
}

void LaunchOptionsTest::mistakesNameTheOption()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);

    const auto options = parse(arguments);

    QVERIFY(!options);
    QCOMPARE(options.error().fields.constFirst().pointer, named);
    QVERIFY(!options.error().fields.constFirst().detail.isEmpty());
}

// Arguments can be read by every user of the machine.
void LaunchOptionsTest::thereIsNoOptionForAPassword()
{
    QVERIFY(!parse({ u"--password"_s, u"secret"_s }));
}

QTEST_GUILESS_MAIN(LaunchOptionsTest)
#include "launch_options_test.moc"
