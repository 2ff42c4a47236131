#include "app_driver.h"

#include "shared/ui/sign_in_page.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

// "&Accept" is read "Accept".
QString spokenName(const QWidget &widget)
{
    QString name = widget.accessibleName();
    if (name.isEmpty()) {
        if (const auto *button = qobject_cast<const QAbstractButton *>(&widget))
            name = button->text();
    }
    return name.remove(u'&');
}

bool isOperable(const QWidget &widget)
{
    return qobject_cast<const QAbstractButton *>(&widget) || qobject_cast<const QLineEdit *>(&widget)
        || qobject_cast<const QPlainTextEdit *>(&widget) || qobject_cast<const QComboBox *>(&widget)
        || qobject_cast<const QAbstractItemView *>(&widget)
        || qobject_cast<const QAbstractSpinBox *>(&widget);
}

// Parts that Qt makes for itself, such as the list inside a combo box.
bool isInternal(const QWidget &widget)
{
    for (const QWidget *parent = widget.parentWidget(); parent; parent = parent->parentWidget()) {
        if (qobject_cast<const QComboBox *>(parent) || qobject_cast<const QAbstractItemView *>(parent)
            || qobject_cast<const QLineEdit *>(parent))
            return true;
    }
    return widget.objectName().startsWith("qt_"_L1);
}

} // namespace

AppDriver::AppDriver(const AppIdentity &identity, const LaunchOptions &options)
    : desktop(std::make_unique<Desktop>(identity, options, m_dir.filePath(u"app.ini"_s)))
{
}

void AppDriver::activate()
{
    desktop->shell.activateWindow();
    if (!QTest::qWaitForWindowActive(&desktop->shell))
        qFatal("the window does not become active");
}

void AppDriver::signIn(const QString &password)
{
    signInAs(u"ada@squad.example"_s, password);
}

void AppDriver::signInAs(const QString &email, const QString &password)
{
    find<QLineEdit>(u"E-mail"_s)->setText(email);
    auto *field = find<QLineEdit>(u"Password"_s);
    field->setText(password);
    QTest::keyClick(field, Qt::Key_Return);
}

void AppDriver::settle()
{
    const bool isCalm = QTest::qWaitFor(
        [this] {
            return desktop->api.pendingCalls() == 0 && desktop->session.state() != Session::State::restoring
                && (!desktop->session.isSignedIn() || desktop->push.state() == PushChannel::State::open);
        },
        15'000
    );
    if (!isCalm)
        qFatal("the app does not come to rest");
    QCoreApplication::sendPostedEvents();
    QCoreApplication::processEvents();
}

QWidget *AppDriver::seek(const QMetaObject &type, const QString &name)
{
    const QList<QWidget *> widgets = desktop->shell.findChildren<QWidget *>();
    const auto found = std::ranges::find_if(widgets, [&](const QWidget *each) {
        return each->metaObject()->inherits(&type) && each->isVisibleTo(&desktop->shell)
            && spokenName(*each) == name;
    });
    return found == widgets.end() ? nullptr : *found;
}

QWidget *AppDriver::findNamed(const QMetaObject &type, const QString &name)
{
    if (QWidget *found = seek(type, name))
        return found;
    QStringList names;
    for (const QWidget *each : desktop->shell.findChildren<QWidget *>()) {
        if (each->isVisibleTo(&desktop->shell) && !spokenName(*each).isEmpty())
            names += spokenName(*each);
    }
    qFatal(
        "no %s named “%s” among: %s", type.className(), qPrintable(name), qPrintable(names.join(u" | "_s))
    );
}

bool AppDriver::shows(const QWidget &root, const QString &text)
{
    const QList<QLabel *> labels = root.findChildren<QLabel *>();
    return std::ranges::any_of(labels, [&](const QLabel *each) {
        return each->isVisibleTo(&root) && each->text().contains(text);
    });
}

void AppDriver::click(const QString &name)
{
    QTest::mouseClick(find<QAbstractButton>(name), Qt::LeftButton);
}

QDialog *AppDriver::dialog()
{
    auto *dialog = qobject_cast<QDialog *>(QApplication::activeModalWidget());
    if (!dialog)
        qFatal("no dialog is open");
    return dialog;
}

void AppDriver::clickIn(QDialog &dialog, const QString &name)
{
    const QList<QAbstractButton *> buttons = dialog.findChildren<QAbstractButton *>();
    const auto found = std::ranges::find_if(buttons, [&](const QAbstractButton *each) {
        return spokenName(*each) == name;
    });
    if (found == buttons.end())
        qFatal("the dialog has no button “%s”", qPrintable(name));
    QTest::mouseClick(*found, Qt::LeftButton);
}

void AppDriver::photograph(QWidget &window, const QString &name)
{
    const QDir dir(QCoreApplication::applicationDirPath() + u"/../../../screenshots"_s);
    if (!dir.mkpath(u"."_s) || !window.grab().save(dir.filePath(name + u".png"_s)))
        qFatal("the picture %s cannot be saved", qPrintable(name));
}

QStringList AppDriver::nameless(QWidget &root)
{
    QStringList found;
    for (const QWidget *each : root.findChildren<QWidget *>()) {
        if (each->isVisibleTo(&root) && isOperable(*each) && !isInternal(*each)
            && spokenName(*each).isEmpty())
            found += u"%1 in %2"_s.arg(
                QLatin1String(each->metaObject()->className()),
                QLatin1String(each->parentWidget()->metaObject()->className())
            );
    }
    return found;
}

QStringList AppDriver::cutOff(QWidget &root)
{
    QStringList found;
    for (const QWidget *each : root.findChildren<QWidget *>()) {
        const auto *label = qobject_cast<const QLabel *>(each);
        const auto *button = qobject_cast<const QPushButton *>(each);
        if (!each->isVisibleTo(&root) || (!button && !(label && !label->wordWrap())))
            continue;
        if (each->width() < each->minimumSizeHint().width()
            || each->height() < each->minimumSizeHint().height())
            found += label ? label->text() : button->text();
        const bool isOutside = each->mapTo(&root, QPoint(each->width(), 0)).x() > root.width();
        if (isOutside)
            found += u"outside: "_s + (label ? label->text() : button->text());
    }
    return found;
}
