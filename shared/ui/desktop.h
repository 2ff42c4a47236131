#pragma once

#include "shared/client/connection_state.h"
#include "shared/client/feed_position.h"
#include "shared/client/session.h"
#include "shared/ui/app_shell.h"
#include "shared/ui/launch_options.h"
#include "shared/ui/notifier.h"
#include "shared/ui/single_instance.h"
#include "shared/ui/theme.h"
#include "shared/ui/translation.h"

#include <QApplication>

#include <cstdlib>

// What every app stands on, in order of dependence.
class Desktop : public QObject
{
    Q_OBJECT
public:
    // Settings are kept in `settingsFile`; empty: where the system keeps them.
    Desktop(const AppIdentity &identity, const LaunchOptions &options, const QString &settingsFile = {});
    ~Desktop() override;

    // Makes what a signed-in person works with: its constructor adds the pages to the shell. It is made anew
    // for each sign-in and goes with the sign-out, so that nothing of one person is left for the next.
    void setWorkspace(std::function<std::unique_ptr<QObject>()> open) { m_openWorkspace = std::move(open); }
    // Whether no other instance works with the same settings. Always so for one that a script drives, which
    // leaves no trace in them.
    [[nodiscard]] bool isAlone();
    // Shows the window and signs in: as the command line says, or as last time.
    void start();

private:
    const LaunchOptions m_options;
    const Translation m_translation; // before anything that speaks

public:
    QSettings settings;
    Theme theme;
    ApiClient api;
    TokenVault vault;
    Session session;
    FeedPosition position;
    PushChannel push;
    ConnectionState connection;
    AppShell shell;
    Notifier notifier;

private:
    void followSession();
    void takeScreenshot();

    std::function<std::unique_ptr<QObject>()> m_openWorkspace;
    std::unique_ptr<QObject> m_workspace;
    SingleInstance m_instance;
    QTimer m_quiet;
};

namespace desktop {

// Sets up what Qt wants to know before anything else, reads the command line, and ends the program if that is
// wrong.
[[nodiscard]] LaunchOptions prepare(const AppIdentity &identity);

} // namespace desktop

// The whole main() of an app. `App` is its workspace.
template <class App>
int runApp(int argc, char **argv)
{
    const QApplication application(argc, argv);
    const AppIdentity identity = App::identity();
    const LaunchOptions options = desktop::prepare(identity);
    Desktop desktop(identity, options);
    if (!desktop.isAlone())
        return EXIT_SUCCESS; // the other one has come to the front
    desktop.setWorkspace([&desktop] { return std::make_unique<App>(desktop); });
    desktop.start();
    return QApplication::exec();
}
