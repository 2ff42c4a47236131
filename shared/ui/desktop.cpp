#include "shared/ui/desktop.h"

#include "shared/ui/app_options.h"
#include "shared/ui/sign_in_page.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QIcon>
#include <QStandardPaths>
#include <QSysInfo>

#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QString settingsPath(const AppIdentity &identity, const LaunchOptions &options, const QString &given)
{
    if (!given.isEmpty())
        return given;
    const QString suffix = options.profile.isEmpty() ? QString() : u'-' + options.profile;
    return u"%1/sysops-squad/%2%3.ini"_s.arg(
        QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation), identity.id, suffix
    );
}

QUrl serverOf(const LaunchOptions &options, const QSettings &settings)
{
    return options.server ? *options.server : QUrl(option::server.in(settings));
}

QString keychainService(const AppIdentity &identity, const LaunchOptions &options)
{
    return options.profile.isEmpty() ? identity.name : u"%1 (%2)"_s.arg(identity.name, options.profile);
}

} // namespace

Desktop::Desktop(const AppIdentity &identity, const LaunchOptions &options, const QString &settingsFile)
    : m_options(options)
    , settings(settingsPath(identity, options, settingsFile), QSettings::IniFormat)
    , theme(settings)
    , api(serverOf(options, settings), identity.id + u'/' + QCoreApplication::applicationVersion())
    , vault(keychainService(identity, options))
    , session(api, vault, identity.admitted, tr("%1 on %2").arg(identity.name, QSysInfo::machineHostName()))
    , position(settings)
    , push(api, position)
    , connection(api, push)
    , shell(identity, api, session, connection, vault, settings)
    , notifier(shell)
    , m_instance(settings.fileName())
{
    if (!options.authorities.isEmpty())
        api.trust(options.authorities);
    if (options.mode)
        theme.setMode(*options.mode);
    if (options.textPercent)
        theme.setTextPercent(*options.textPercent);
    if (options.size)
        shell.resize(*options.size);
    followSession();
}

Desktop::~Desktop()
{
    m_workspace.reset();
    push.close();
}

bool Desktop::isAlone()
{
    const bool isDriven = !m_options.password.isEmpty() || !m_options.screenshot.isEmpty();
    connect(&m_instance, &SingleInstance::raised, &notifier, &Notifier::raise);
    return isDriven || m_instance.claim();
}

void Desktop::followSession()
{
    connect(&session, &Session::stateChanged, this, [this] {
        m_workspace.reset();
        if (!session.isSignedIn())
            return push.close();
        if (m_openWorkspace)
            m_workspace = m_openWorkspace();
        push.open(session.account().id); // after the view-models have subscribed
    });
}

void Desktop::start()
{
    shell.show();
    if (!m_options.email.isEmpty())
        shell.signIn().setEmail(m_options.email);
    if (!m_options.password.isEmpty())
        shell.signIn().submit(QString::fromUtf8(m_options.password.reveal()), Session::Remember::no);
    else if (m_options.email.isEmpty())
        session.restore();
    if (!m_options.screenshot.isEmpty())
        takeScreenshot();
}

// The picture is taken when nothing is under way any more and has not been for a moment: replies have been
// drawn, and whatever they led to has been asked and answered as well.
void Desktop::takeScreenshot()
{
    constexpr auto look = 100ms;
    constexpr int quietLooks = 5;
    constexpr qint64 patienceMs = 30'000;
    QElapsedTimer waiting;
    waiting.start();
    m_quiet.setInterval(look);
    connect(&m_quiet, &QTimer::timeout, this, [this, waiting, quiet = 0, hasPage = false]() mutable {
        if (session.isSignedIn() && !std::exchange(hasPage, true) && m_options.page > 0)
            shell.showPage(m_options.page);
        const bool isLive = !session.isSignedIn() || connection.phase() == ConnectionState::Phase::online;
        const bool isQuiet
            = api.pendingCalls() == 0 && session.state() != Session::State::restoring && isLive;
        quiet = isQuiet ? quiet + 1 : 0;
        if (quiet < quietLooks && waiting.elapsed() < patienceMs)
            return;
        m_quiet.stop();
        const bool isAsAsked = quiet >= quietLooks && (m_options.password.isEmpty() || session.isSignedIn());
        const bool saved = shell.grab().save(m_options.screenshot);
        if (!saved)
            qCritical("The picture cannot be saved to %s.", qPrintable(m_options.screenshot));
        QCoreApplication::exit(saved && isAsAsked ? EXIT_SUCCESS : EXIT_FAILURE);
    });
    m_quiet.start();
}

namespace desktop {

LaunchOptions prepare(const AppIdentity &identity)
{
    QCoreApplication::setApplicationName(identity.id);
    QCoreApplication::setApplicationVersion(QStringLiteral(SQUAD_VERSION));
    QApplication::setApplicationDisplayName(identity.name);
    QApplication::setDesktopFileName(identity.id);
    QApplication::setWindowIcon(QIcon(u":/icons/sysops-squad.svg"_s));
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly))
        qWarning("Standard input cannot be read.");
    const Result<LaunchOptions> options = LaunchOptions::parse(QCoreApplication::arguments(), input);
    if (options)
        return *options;
    const Problem &problem = options.error();
    for (const FieldError &field : problem.fields) {
        const QString line = field.pointer.isEmpty() ? field.detail : field.pointer + u' ' + field.detail;
        std::fputs(qPrintable(identity.id + u": "_s + line + u'\n'), stderr);
    }
    std::exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe): before any thread
}

} // namespace desktop
