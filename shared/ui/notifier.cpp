#include "shared/ui/notifier.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QSystemTrayIcon>
#include <QWidget>

using namespace Qt::StringLiterals;

Notifier::Notifier(QWidget &window, QObject *parent)
    : QObject(parent)
    , m_window(window)
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return;
    m_tray = std::make_unique<QSystemTrayIcon>(QApplication::windowIcon());
    m_tray->setToolTip(QApplication::applicationDisplayName());
    connect(m_tray.get(), &QSystemTrayIcon::activated, this, &Notifier::raise);
    connect(m_tray.get(), &QSystemTrayIcon::messageClicked, this, &Notifier::raise);
    m_tray->show();
}

Notifier::~Notifier() = default;

void Notifier::notify(const QString &title, const QString &text)
{
    QApplication::alert(&m_window);
    if (m_window.isActiveWindow())
        return; // they are looking at it
    if (m_tray)
        m_tray->showMessage(title, text, QApplication::windowIcon());
    else
        sendOverBus(title, text);
}

void Notifier::raise()
{
    m_window.setWindowState(m_window.windowState() & ~Qt::WindowMinimized);
    m_window.show();
    m_window.raise();
    m_window.activateWindow();
}

// Desktops without a tray still show notifications (freedesktop.org, Desktop Notifications 1.2).
void Notifier::sendOverBus(const QString &title, const QString &text)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    QDBusMessage message = QDBusMessage::createMethodCall(
        u"org.freedesktop.Notifications"_s,
        u"/org/freedesktop/Notifications"_s,
        u"org.freedesktop.Notifications"_s,
        u"Notify"_s
    );
    constexpr int decidedByDesktop = -1;
    message << QApplication::applicationDisplayName() << m_lastId << u"sysops-squad"_s << title
            << text.toHtmlEscaped() << QStringList() << QVariantMap() << decidedByDesktop;
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(message), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<uint> id = *watcher;
        if (id.isValid())
            m_lastId = id.value();
        watcher->deleteLater();
    });
}
