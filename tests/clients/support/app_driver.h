#pragma once

#include "shared/ui/desktop.h"

#include <QDir>
#include <QTemporaryDir>

// Starts an app's desktop against a server and works it as a person would: by names that a screen reader
// would say.
class AppDriver
{
public:
    template <class App>
    static std::unique_ptr<AppDriver> start(const QUrl &server, LaunchOptions options = {})
    {
        options.server = server;
        std::unique_ptr<AppDriver> driver(new AppDriver(App::identity(), options));
        driver->desktop->setWorkspace([desktop = driver->desktop.get()] {
            return std::make_unique<App>(*desktop);
        });
        driver->desktop->start();
        driver->activate();
        return driver;
    }

    void signIn(const QString &password = QStringLiteral("correct horse"));
    void signInAs(const QString &email, const QString &password);
    void activate(); // as a window manager does when a dialog has gone
    // Waits until nothing is under way any more and what is shown is live.
    void settle();

    // The visible one of this class and accessible name; fails the program with what there is instead.
    template <class Widget>
    [[nodiscard]] Widget *find(const QString &name)
    {
        return qobject_cast<Widget *>(findNamed(Widget::staticMetaObject, name));
    }
    template <class Widget>
    [[nodiscard]] bool has(const QString &name)
    {
        return seek(Widget::staticMetaObject, name) != nullptr;
    }
    [[nodiscard]] bool shows(const QString &text)
    {
        return shows(desktop->shell, text);
    } // some visible label holds it
    void click(const QString &button);
    // The dialog that asks something now.
    [[nodiscard]] static QDialog *dialog();
    [[nodiscard]] static bool shows(const QWidget &root, const QString &text);
    static void clickIn(QDialog &dialog, const QString &button);

    // Saves a picture of the window to build/screenshots.
    void photograph(const QString &name) { photograph(desktop->shell, name); }
    static void photograph(QWidget &window, const QString &name);
    // What can be operated but has no name for a screen reader.
    [[nodiscard]] static QStringList nameless(QWidget &root);
    // Visible buttons and one-line labels whose text does not fit where they are.
    [[nodiscard]] static QStringList cutOff(QWidget &root);

private:
    QTemporaryDir m_dir;

public:
    std::unique_ptr<Desktop> desktop;

private:
    AppDriver(const AppIdentity &identity, const LaunchOptions &options);
    [[nodiscard]] QWidget *seek(const QMetaObject &type, const QString &name);
    [[nodiscard]] QWidget *findNamed(const QMetaObject &type, const QString &name);
};
