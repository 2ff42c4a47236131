#pragma once

#include "shared/core/problem.h"

#include <QStackedWidget>

class Glyph;
class QLabel;
class QPushButton;

// A page's body in one of the four states that every page has: loading, empty with what to do next, a problem
// with a way to try again, or the content.
class StatePane : public QStackedWidget
{
    Q_OBJECT
public:
    struct Empty
    {
        QString icon;
        QString title;
        QString text;
        QString action {}; // of the button; none without
    };

    explicit StatePane(QWidget *content, QWidget *parent = nullptr);

    void showLoading(const QString &what);
    void showEmpty(const Empty &empty);
    void showProblem(const Problem &problem);
    void showContent();
    [[nodiscard]] bool showsContent() const;

signals:
    void retry(); // the person wants the problem tried again
    void emptyAction();

private:
    void showNotice(const QString &icon, const QString &title, const QString &text, const QString &action);

    QWidget *m_content;
    QWidget *m_notice;
    Glyph *m_icon;
    QLabel *m_title;
    QLabel *m_text;
    QPushButton *m_action;
    bool m_isProblem = false;
};
