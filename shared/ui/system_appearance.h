#pragma once

#include <QDBusVariant>
#include <QObject>

// Whether the desktop prefers dark windows, as the desktop portal tells and keeps telling
// (org.freedesktop.appearance); without a portal, as the palette shows that the platform gave us at start.
class SystemAppearance : public QObject
{
    Q_OBJECT
public:
    explicit SystemAppearance(QObject *parent = nullptr);

    [[nodiscard]] bool isDark() const { return m_isDark; }

signals:
    void changed();

private slots:
    void onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void adopt(const QVariant &colorScheme);

    bool m_isDark;
};
