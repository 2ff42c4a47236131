#pragma once

#include "shared/client/connection_state.h"
#include "shared/client/session.h"
#include "shared/ui/app_identity.h"
#include "shared/ui/command_palette.h"

#include <QPointer>
#include <QStackedLayout>
#include <QWidget>

class Banner;
class ConnectionBadge;
class NavigationBar;
class QLabel;
class QSettings;
class QStackedWidget;
class SignInPage;
class Toast;

// The window that every app lives in: the sign-in page for those who are not signed in, and for the others
// navigation, the current page, and always whether what is shown is live.
class AppShell : public QWidget
{
    Q_OBJECT
public:
    struct Page
    {
        QString icon;
        QString title;
        QWidget *widget; // goes to the shell
    };

    AppShell(
        const AppIdentity &identity,
        ApiClient &api,
        Session &session,
        ConnectionState &connection,
        TokenVault &vault,
        QSettings &settings
    );
    ~AppShell() override;

    // The pages of whoever has just signed in; they are gone after the sign-out.
    void setPages(const QList<Page> &pages);
    void showPage(int index);
    [[nodiscard]] int currentPage() const;
    void setCount(int page, int count);
    void setAlert(int page, int count); // in red: what somebody has to look at; 0: nothing
    // On every page, beside the connection. Stays its maker's.
    void setHeaderWidget(QWidget *widget);
    // What the command palette offers to look for; gone with the pages.
    void addSearch(const SearchCommand &search);
    // Over every page, when it shows itself. Stays its maker's.
    void setNotice(QWidget *notice);

    void say(const QString &text); // a toast
    void warn(const QString &text); // stays until dismissed
    [[nodiscard]] SignInPage &signIn() { return *m_signIn; }

signals:
    void pageChanged();
    void refreshRequested(); // F5
    void findRequested(); // Ctrl+F

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    QWidget *makeWorkspace();
    void addShortcuts();
    void onSessionState();
    void onConnection();
    void openPalette();
    [[nodiscard]] QList<Command> commands();
    void askToSignOut();
    void showAbout();
    void adapt();

    const AppIdentity m_identity;
    Session &m_session;
    ConnectionState &m_connection;
    TokenVault &m_vault;
    QSettings &m_settings;
    SignInPage *m_signIn;
    NavigationBar *m_navigation;
    ConnectionBadge *m_badge;
    QLabel *m_title;
    QWidget *m_headerSlot;
    QWidget *m_banners;
    Banner *m_stale;
    Banner *m_warning;
    QStackedWidget *m_pages;
    QList<Page> m_entries;
    QList<SearchCommand> m_searches;
    QPointer<CommandPalette> m_palette; // while it is open
    QStackedLayout *m_stack;
    Toast *m_toast;
};
