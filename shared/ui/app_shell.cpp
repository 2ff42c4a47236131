#include "shared/ui/app_shell.h"

#include "shared/ui/about_dialog.h"
#include "shared/ui/app_options.h"
#include "shared/ui/banner.h"
#include "shared/ui/connection_badge.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/navigation_bar.h"
#include "shared/ui/scaling.h"
#include "shared/ui/sign_in_page.h"
#include "shared/ui/toast.h"
#include "shared/ui/words.h"

#include <QApplication>
#include <QCloseEvent>
#include <QMessageBox>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

constexpr QSize firstSize { 1280, 800 };
constexpr QSize smallestSize { 720, 480 };
constexpr int compactBelow = 1000; // scaled with the text

QKeySequence pageKeys(int page)
{
    return QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + page));
}

} // namespace

AppShell::AppShell(
    const AppIdentity &identity,
    ApiClient &api,
    Session &session,
    ConnectionState &connection,
    TokenVault &vault,
    QSettings &settings
)
    : m_identity(identity)
    , m_session(session)
    , m_connection(connection)
    , m_vault(vault)
    , m_settings(settings)
    , m_signIn(new SignInPage(identity, api, session, settings))
    , m_navigation(new NavigationBar(identity.name.section(u' ', -1)))
    , m_badge(new ConnectionBadge(connection))
    , m_title(label({}, Words::title))
    , m_headerSlot(new QWidget)
    , m_banners(new QWidget)
    , m_stale(new Banner)
    , m_warning(new Banner)
    , m_pages(new QStackedWidget)
    , m_stack(new QStackedLayout(this))
    , m_toast(new Toast(this))
{
    setWindowTitle(identity.name);
    setMinimumSize(smallestSize);
    resize(firstSize);
    restoreGeometry(option::windowGeometry.in(settings));
    m_stack->addWidget(m_signIn);
    m_stack->addWidget(makeWorkspace());
    addShortcuts();
    connect(m_navigation, &NavigationBar::chosen, this, &AppShell::showPage);
    connect(m_navigation, &NavigationBar::aboutRequested, this, &AppShell::showAbout);
    connect(m_navigation, &NavigationBar::signOutRequested, this, &AppShell::askToSignOut);
    connect(&m_session, &Session::stateChanged, this, &AppShell::onSessionState);
    connect(&m_session, &Session::accountChanged, this, &AppShell::onSessionState);
    connect(&m_connection, &ConnectionState::changed, this, &AppShell::onConnection);
    onSessionState();
}

AppShell::~AppShell() = default;

QWidget *AppShell::makeWorkspace()
{
    auto *workspace = new QWidget;
    auto *bar = new QFrame;
    bar->setProperty("ground", u"bar"_s);
    Row {}.attachTo(m_headerSlot);
    QPushButton *palette = button(tr("Commands"), ButtonKind::quiet, u"search"_s);
    palette->setToolTip(tr("Everything that can be done here (%1)")
                            .arg(CommandPalette::keys().toString(QKeySequence::NativeText)));
    connect(palette, &QPushButton::clicked, this, &AppShell::openPalette);
    Row { m_title, Stretch(), palette, m_badge, m_headerSlot }
        .spacing(large)
        .margins(wide, medium, large, medium)
        .attachTo(bar);
    Column { m_stale, m_warning }.spacing(0).attachTo(m_banners);
    Row {
        m_navigation,
        growing(Column { bar, m_banners, growing(m_pages) }.spacing(0)),
    }
        .spacing(0)
        .attachTo(workspace);
    return workspace;
}

void AppShell::addShortcuts()
{
    const auto on = [this](const QKeySequence &keys, auto action) {
        auto *shortcut = new QShortcut(keys, this);
        connect(shortcut, &QShortcut::activated, this, action);
    };
    for (int page = 0; page < 9; ++page) {
        on(pageKeys(page), [this, page] {
            if (page < m_entries.size())
                showPage(page);
        });
    }
    on(CommandPalette::keys(), &AppShell::openPalette);
    on(QKeySequence::Refresh, &AppShell::refreshRequested);
    on(QKeySequence::Find, &AppShell::findRequested);
    on(QKeySequence::Quit, &QWidget::close);
    on(QKeySequence::HelpContents, &AppShell::showAbout);
}

void AppShell::setPages(const QList<Page> &pages)
{
    m_navigation->removeEntries();
    m_searches.clear();
    delete m_palette; // its commands are about the pages that go
    for (const Page &page : std::exchange(m_entries, pages)) {
        m_pages->removeWidget(page.widget);
        delete page.widget;
    }
    for (const Page &page : pages) {
        m_pages->addWidget(page.widget);
        m_navigation->addEntry(page.icon, page.title);
    }
    if (!pages.isEmpty())
        showPage(0);
    adapt();
}

void AppShell::showPage(int index)
{
    m_navigation->setCurrent(index);
    m_pages->setCurrentIndex(index);
    m_title->setText(m_entries.at(index).title);
    setWindowTitle(tr("%1 – %2").arg(m_entries.at(index).title, m_identity.name));
    emit pageChanged();
}

int AppShell::currentPage() const
{
    return m_pages->currentIndex();
}

void AppShell::setCount(int page, int count)
{
    m_navigation->setCount(page, count);
}

void AppShell::setAlert(int page, int count)
{
    m_navigation->setAlert(page, count);
}

void AppShell::setHeaderWidget(QWidget *widget)
{
    m_headerSlot->layout()->addWidget(widget);
}

void AppShell::addSearch(const SearchCommand &search)
{
    m_searches.append(search);
}

void AppShell::setNotice(QWidget *notice)
{
    m_banners->layout()->addWidget(notice);
}

void AppShell::say(const QString &text)
{
    m_toast->say(text);
}

void AppShell::warn(const QString &text)
{
    m_warning->say(Tone::warning, text);
}

void AppShell::onSessionState()
{
    const bool isSignedIn = m_session.isSignedIn();
    m_stack->setCurrentIndex(isSignedIn ? 1 : 0);
    if (!isSignedIn) {
        m_warning->clear();
        return setWindowTitle(m_identity.name);
    }
    m_navigation->setAccount(m_session.account().name.toString(), words::of(m_session.account().role));
}

void AppShell::onConnection()
{
    if (!m_connection.isStale())
        return m_stale->clear();
    const QString next = m_connection.secondsToRetry()
        ? tr("The next try is in %n s.", nullptr, *m_connection.secondsToRetry())
        : tr("Trying to reach the server …");
    m_stale->say(
        Tone::warning, tr("%1. What you see may be out of date. %2").arg(connectionText(m_connection), next)
    );
}

void AppShell::openPalette()
{
    if (m_entries.isEmpty())
        return; // nobody has signed in
    m_palette = new CommandPalette(commands(), m_searches, this);
    m_palette->setAttribute(Qt::WA_DeleteOnClose);
    m_palette->open();
}

// The pages, whatever can be pressed on the one that is shown, and what every page has.
QList<Command> AppShell::commands()
{
    QList<Command> all;
    const auto add = [&all](
                         const QString &icon,
                         const QString &title,
                         const QKeySequence &keys,
                         const std::function<void()> &run
                     ) {
        all.append({ icon, title, keys.toString(QKeySequence::NativeText), run });
    };
    QStringList names;
    QList<QPushButton *> buttons;
    for (QPushButton *each : m_pages->currentWidget()->findChildren<QPushButton *>()) {
        if (!each->isVisible() || !each->isEnabled())
            continue;
        buttons.append(each);
        names.append(each->accessibleName().isEmpty() ? each->text().remove(u'&') : each->accessibleName());
    }
    for (int i = 0; i < buttons.size(); ++i) {
        // One of several that are called alike has to be chosen where one sees which.
        if (names.at(i).isEmpty() || names.count(names.at(i)) > 1)
            continue;
        add(u"chevron-right"_s, names.at(i), buttons.at(i)->shortcut(), [button = QPointer(buttons.at(i))] {
            if (button && button->isVisible())
                button->click();
        });
    }
    for (int page = 0; page < m_entries.size(); ++page) {
        if (page == currentPage())
            continue;
        add(m_entries.at(page).icon,
            tr("Go to %1").arg(m_entries.at(page).title),
            page < 9 ? pageKeys(page) : QKeySequence(),
            [this, page] {
                if (page < m_entries.size())
                    showPage(page);
            });
    }
    add(u"search"_s, tr("Search on this page"), QKeySequence::Find, [this] { emit findRequested(); });
    add(u"refresh"_s, tr("Load anew"), QKeySequence::Refresh, [this] { emit refreshRequested(); });
    add(u"info"_s, tr("About and keyboard"), QKeySequence::HelpContents, [this] { showAbout(); });
    add(u"sign-out"_s, tr("Sign out"), {}, [this] { askToSignOut(); });
    add(u"power"_s, tr("Quit"), QKeySequence::Quit, [this] { close(); });
    return all;
}

void AppShell::askToSignOut()
{
    auto *question = new QMessageBox(
        QMessageBox::NoIcon, m_identity.name, tr("Sign out of this computer?"), QMessageBox::Cancel, this
    );
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(tr("You stop receiving news here until you sign in again."));
    question->addButton(tr("Sign out"), QMessageBox::AcceptRole);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(question, &QDialog::accepted, &m_session, &Session::signOut);
    question->open();
}

void AppShell::showAbout()
{
    auto *about = new AboutDialog(m_identity, m_vault, this);
    about->setAttribute(Qt::WA_DeleteOnClose);
    about->open();
}

void AppShell::adapt()
{
    m_navigation->setCompact(width() < scaled(compactBelow));
}

void AppShell::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    adapt();
}

void AppShell::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange || event->type() == QEvent::FontChange)
        adapt();
}

void AppShell::closeEvent(QCloseEvent *event)
{
    option::windowGeometry.set(m_settings, saveGeometry());
    QWidget::closeEvent(event);
}
