#include "shared/ui/card.h"

#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"

#include <QGridLayout>

using namespace Qt::StringLiterals;
using namespace layout;

Card::Card(const QString &iconName, const QString &title, QWidget *content, QWidget *parent)
    : QFrame(parent)
    , m_title(label(title, Words::heading))
{
    setProperty("ground", u"card"_s);
    setAccessibleName(title);
    Column { Row { new Glyph(iconName), m_title, Stretch() }, content, Stretch() }
        .spacing(medium)
        .margins(large)
        .attachTo(this);
}

void Card::setTitle(const QString &title)
{
    m_title->setText(title);
    setAccessibleName(title);
}

Facts::Facts(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(large);
    m_grid->setVerticalSpacing(small);
    m_grid->setColumnStretch(1, 1);
}

void Facts::setFacts(const QList<Fact> &facts)
{
    if (std::exchange(m_facts, facts) == facts)
        return; // what somebody has marked to copy stays marked
    qDeleteAll(std::exchange(m_cells, {}));
    int row = 0;
    for (const Fact &fact : facts) {
        if (fact.value.isEmpty())
            continue;
        QLabel *name = label(fact.label, Words::muted);
        name->setWordWrap(false);
        QLabel *value = freeText(fact.value);
        value->setAccessibleName(fact.label + u": "_s + fact.value);
        m_grid->addWidget(name, row, 0, Qt::AlignTop);
        m_grid->addWidget(value, row, 1);
        m_cells << name << value;
        ++row;
    }
}
