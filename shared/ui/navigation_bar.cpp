#include "shared/ui/navigation_bar.h"

#include "shared/ui/glyph.h"
#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

using namespace Qt::StringLiterals;
using namespace layout;

NavigationBar::NavigationBar(const QString &appName, QWidget *parent)
    : QFrame(parent)
    , m_product(label(tr("Sysops Squad"), Words::strong))
    , m_appName(label(appName, Words::caption))
    , m_name(label({}, Words::strong))
    , m_role(label({}, Words::caption))
    , m_about(makeButton(u"info"_s, tr("About")))
    , m_signOut(makeButton(u"sign-out"_s, tr("Sign out")))
{
    setProperty("ground", u"sidebar"_s);
    setAccessibleName(tr("Navigation"));
    m_appName->setWordWrap(false);
    m_role->setWordWrap(false);
    auto entries = Column {}.spacing(tight);
    m_entriesColumn = entries.release();
    auto column = Column {
        Row { new Mark(32), Column { m_product, m_appName }.spacing(0), Stretch() }.spacing(medium).margins(tight, 0, 0, 0),
        Space { wide },
        m_entriesColumn,
        Stretch(),
        Column { m_name, m_role }.spacing(0).margins(medium, 0, 0, small),
        m_about,
        m_signOut,
    }
                      .spacing(tight)
                      .margins(medium, large, medium, medium);
    m_column = column.release();
    setLayout(m_column);
    m_group.setExclusive(true);
    connect(&m_group, &QButtonGroup::idClicked, this, &NavigationBar::chosen);
    connect(m_about, &QPushButton::clicked, this, &NavigationBar::aboutRequested);
    connect(m_signOut, &QPushButton::clicked, this, &NavigationBar::signOutRequested);
    refresh();
}

QPushButton *NavigationBar::makeButton(const QString &iconName, const QString &title)
{
    auto *button = new QPushButton(title);
    button->setProperty("kind", u"navigation"_s);
    button->setProperty("title", title);
    button->setIcon(icon(iconName, &Tokens::sidebarText));
    button->setAccessibleName(title);
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

void NavigationBar::addEntry(const QString &iconName, const QString &title)
{
    QPushButton *button = makeButton(iconName, title);
    button->setCheckable(true);
    const int index = static_cast<int>(m_entries.size());
    m_group.addButton(button, index);
    m_entriesColumn->addWidget(button);
    auto *badge = new QLabel;
    badge->setProperty("words", u"badge"_s);
    badge->setAttribute(Qt::WA_TransparentForMouseEvents);
    badge->setAlignment(Qt::AlignCenter);
    Row { Stretch(), badge }.margins(0, 0, small, 0).attachTo(button);
    m_entries.append({ button, title, badge });
    refresh();
}

void NavigationBar::removeEntries()
{
    for (const Entry &entry : std::exchange(m_entries, {}))
        delete entry.button;
}

void NavigationBar::setCurrent(int index)
{
    if (index >= 0 && index < m_entries.size())
        m_entries.at(index).button->setChecked(true);
}

void NavigationBar::setAccount(const QString &name, const QString &role)
{
    m_name->setText(name);
    m_role->setText(role);
}

void NavigationBar::setCompact(bool compact)
{
    m_isCompact = compact;
    refresh();
}

void NavigationBar::setCount(int index, int count)
{
    m_entries[index].count = count;
    refresh();
}

void NavigationBar::setAlert(int index, int count)
{
    m_entries[index].alert = count;
    refresh();
}

void NavigationBar::refresh()
{
    for (QWidget *wide : std::initializer_list<QWidget *> { m_product, m_appName, m_name, m_role })
        wide->setVisible(!m_isCompact);
    for (QPushButton *button : { m_about, m_signOut }) {
        button->setText(m_isCompact ? QString() : button->property("title").toString());
        button->setToolTip(m_isCompact ? button->property("title").toString() : QString());
    }
    for (qsizetype i = 0; i < m_entries.size(); ++i) {
        const Entry &entry = m_entries.at(i);
        const QString counted
            = entry.count > 0 ? u"%1 (%2)"_s.arg(entry.title).arg(entry.count) : entry.title;
        entry.button->setText(m_isCompact ? QString() : counted);
        const QString spoken
            = entry.alert > 0 ? tr("%1, %n need attention", nullptr, entry.alert).arg(counted) : counted;
        entry.badge->setVisible(entry.alert > 0);
        entry.badge->setText(entry.alert > 99 ? u"99+"_s : QString::number(entry.alert));
        entry.button->setAccessibleName(spoken);
        entry.button->setToolTip(tr("%1 (Ctrl+%2)").arg(spoken).arg(i + 1));
    }
    const int extent = scaled(18);
    for (QPushButton *button : findChildren<QPushButton *>())
        button->setIconSize({ m_isCompact ? extent : extent + scaled(8), extent });
    setFixedWidth(m_isCompact ? scaled(46) + 2 * medium : scaled(216));
}
