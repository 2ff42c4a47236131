#pragma once

#include <QFrame>
#include <QLabel>

class QGridLayout;

// A titled block of a page.
class Card : public QFrame
{
    Q_OBJECT
public:
    Card(const QString &iconName, const QString &title, QWidget *content, QWidget *parent = nullptr);

    void setTitle(const QString &title);

private:
    QLabel *m_title;
};

struct Fact
{
    QString label;
    QString value;

    bool operator==(const Fact &) const = default;
};

// Names and values in two columns; rows without a value are left out.
class Facts : public QWidget
{
    Q_OBJECT
public:
    explicit Facts(QWidget *parent = nullptr);

    void setFacts(const QList<Fact> &facts);

private:
    QGridLayout *m_grid;
    QList<QLabel *> m_cells;
    QList<Fact> m_facts;
};
