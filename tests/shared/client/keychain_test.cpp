#include "shared/client/token_vault.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

// The vault against a real keyring: runs itself again inside a session bus of its own with an unlocked
// gnome-keyring.
class KeychainTest : public QObject
{
    Q_OBJECT
private slots:
    void aTokenIsFoundAgainByTheNextRun();
    void aTokenThatWasRemovedIsGone();
    void theKeepingIsTheKeychain();

private:
    static Secret read(const QString &key);
};

Secret KeychainTest::read(const QString &key)
{
    TokenVault vault(u"Sysops Squad test"_s); // has nothing in memory
    std::optional<Secret> found;
    QObject listener;
    vault.read(key).then(&listener, [&](const Result<Secret> &token) { found = *token; });
    if (!QTest::qWaitFor([&] { return found.has_value(); }))
        qFatal("the keychain does not answer");
    return *found;
}

void KeychainTest::aTokenIsFoundAgainByTheNextRun()
{
    TokenVault vault(u"Sysops Squad test"_s);

    vault.write(u"https://squad.example"_s, Secret("token-1"_ba));

    QTRY_COMPARE(read(u"https://squad.example"_s).reveal(), QByteArrayView("token-1"));
    QVERIFY(read(u"https://other.example"_s).isEmpty());
}

void KeychainTest::aTokenThatWasRemovedIsGone()
{
    TokenVault vault(u"Sysops Squad test"_s);
    vault.write(u"https://gone.example"_s, Secret("token-2"_ba));
    QTRY_VERIFY(!read(u"https://gone.example"_s).isEmpty());

    vault.remove(u"https://gone.example"_s);

    QTRY_VERIFY(read(u"https://gone.example"_s).isEmpty());
}

void KeychainTest::theKeepingIsTheKeychain()
{
    TokenVault vault(u"Sysops Squad test"_s);

    vault.write(u"https://kept.example"_s, Secret("token-3"_ba));
    QTRY_VERIFY(!read(u"https://kept.example"_s).isEmpty());

    QCOMPARE(vault.keeping(), TokenVault::Keeping::keychain);
    QVERIFY(vault.whyMemory().isEmpty());
}

namespace {

constexpr int skipped = 77; // as CTest is told

int runInsideASession(const QStringList &arguments)
{
    const QTemporaryDir home;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"SQUAD_KEYCHAIN_SESSION"_s, u"1"_s);
    environment.insert(u"HOME"_s, home.path());
    environment.insert(u"XDG_DATA_HOME"_s, home.path());
    environment.insert(u"XDG_RUNTIME_DIR"_s, home.path());
    QProcess session;
    session.setProcessEnvironment(environment);
    session.setProcessChannelMode(QProcess::ForwardedChannels);
    const QString script
        = u"printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec \"$@\""_s;
    session.start(
        u"dbus-run-session"_s,
        QStringList { u"--"_s, u"sh"_s, u"-c"_s, script, u"sh"_s, QCoreApplication::applicationFilePath() }
            + arguments
    );
    return session.waitForFinished(60'000) ? session.exitCode() : 1;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (!qEnvironmentVariableIsSet("SQUAD_KEYCHAIN_SESSION")) {
        if (QStandardPaths::findExecutable(u"gnome-keyring-daemon"_s).isEmpty()) {
            qInfo("no gnome-keyring on this machine: nothing to test against");
            return skipped;
        }
        return runInsideASession(QCoreApplication::arguments().mid(1));
    }
    KeychainTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "keychain_test.moc"
