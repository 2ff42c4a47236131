#include "shared/ui/system_appearance.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QGuiApplication>
#include <QPalette>

using namespace Qt::StringLiterals;

namespace {
constexpr auto service = "org.freedesktop.portal.Desktop"_L1;
constexpr auto path = "/org/freedesktop/portal/desktop"_L1;
constexpr auto settingsInterface = "org.freedesktop.portal.Settings"_L1;
constexpr auto appearance = "org.freedesktop.appearance"_L1;
constexpr auto colorScheme = "color-scheme"_L1;
constexpr uint prefersDark = 1; // 0: no preference, 2: light
} // namespace

SystemAppearance::SystemAppearance(QObject *parent)
    : QObject(parent)
    , m_isDark(QGuiApplication::palette().color(QPalette::Window).lightness() < 128)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(
        service,
        path,
        settingsInterface,
        u"SettingChanged"_s,
        this,
        SLOT(onSettingChanged(QString, QString, QDBusVariant)) // NOLINT: QtDBus has no other form
    );
    QDBusMessage read = QDBusMessage::createMethodCall(service, path, settingsInterface, u"Read"_s);
    read << QString(appearance) << QString(colorScheme);
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(read), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (reply.isValid())
            adopt(reply.value().variant());
        watcher->deleteLater();
    });
}

void SystemAppearance::onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value)
{
    if (group == appearance && key == colorScheme)
        adopt(value.variant());
}

void SystemAppearance::adopt(const QVariant &value)
{
    // Read() wraps its answer once more than SettingChanged does.
    const QVariant scheme = value.canConvert<QDBusVariant>() ? value.value<QDBusVariant>().variant() : value;
    const bool isDark = scheme.toUInt() == prefersDark;
    if (std::exchange(m_isDark, isDark) != isDark)
        emit changed();
}
