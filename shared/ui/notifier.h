#pragma once

#include <QObject>

class QSystemTrayIcon;

// Tells the person about something new when the window is not in front: through the tray or the desktop's
// notifications, whichever there is, and by the mark in the task bar.
class Notifier : public QObject
{
    Q_OBJECT
public:
    explicit Notifier(QWidget &window, QObject *parent = nullptr);
    ~Notifier() override;

    void notify(const QString &title, const QString &text);
    void raise(); // the window, to the front

private:
    void sendOverBus(const QString &title, const QString &text);

    QWidget &m_window;
    std::unique_ptr<QSystemTrayIcon> m_tray;
    uint m_lastId = 0; // of the notification that the next one replaces
};
