#pragma once

#include <QButtonGroup>
#include <QFrame>

class QBoxLayout;
class QLabel;
class QPushButton;

// The way between an app's pages, on the left; narrow windows and large text leave it only its icons.
class NavigationBar : public QFrame
{
    Q_OBJECT
public:
    explicit NavigationBar(const QString &appName, QWidget *parent = nullptr);

    void addEntry(const QString &iconName, const QString &title);
    void removeEntries();
    void setCurrent(int index);
    void setAccount(const QString &name, const QString &role);
    void setCompact(bool compact);
    // A number beside an entry: what waits there.
    void setCount(int index, int count);
    // The same in red: what is wrong there.
    void setAlert(int index, int count);

signals:
    void chosen(int index);
    void aboutRequested();
    void signOutRequested();

private:
    struct Entry
    {
        QPushButton *button;
        QString title;
        QLabel *badge;
        int count = 0;
        int alert = 0;
    };

    void refresh();
    QPushButton *makeButton(const QString &iconName, const QString &title);

    QBoxLayout *m_column;
    QBoxLayout *m_entriesColumn;
    QLabel *m_product;
    QLabel *m_appName;
    QLabel *m_name;
    QLabel *m_role;
    QPushButton *m_about;
    QPushButton *m_signOut;
    QButtonGroup m_group;
    QList<Entry> m_entries;
    bool m_isCompact = false;
};
