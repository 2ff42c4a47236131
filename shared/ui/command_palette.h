#pragma once

#include <QDialog>

#include <functional>

class QLineEdit;
class QListWidget;

// One thing that can be done from where one is.
struct Command
{
    QString icon;
    QString title;
    QString hint; // its keys, where it has any
    std::function<void()> run;
};

// Looks for what was typed, whatever that is; `title` holds it as %1.
struct SearchCommand
{
    QString icon;
    QString title;
    std::function<void(const QString &text)> run;
};

// Everything that can be done from here, found by typing the beginnings of its words. What is chosen runs
// when the palette has gone, so that it finds the window as it was.
class CommandPalette : public QDialog
{
    Q_OBJECT
public:
    CommandPalette(QList<Command> commands, QList<SearchCommand> searches, QWidget *parent = nullptr);

    [[nodiscard]] static QKeySequence keys(); // that open it

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void refresh();
    void choose();

    const QList<Command> m_commands;
    const QList<SearchCommand> m_searches;
    QLineEdit *m_text;
    QListWidget *m_list;
    QList<std::function<void()>> m_shown; // by row
};
