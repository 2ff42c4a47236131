#include "shared/ui/command_palette.h"

#include "shared/core/search_words.h"
#include "shared/ui/icon.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"
#include "shared/ui/tokens.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

constexpr int longestText = 100;
constexpr QSize usualSize { 560, 420 };

} // namespace

CommandPalette::CommandPalette(QList<Command> commands, QList<SearchCommand> searches, QWidget *parent)
    : QDialog(parent)
    , m_commands(std::move(commands))
    , m_searches(std::move(searches))
    , m_text(new QLineEdit)
    , m_list(new QListWidget)
{
    setWindowTitle(tr("Commands"));
    m_text->setAccessibleName(tr("What to do"));
    m_text->setPlaceholderText(
        m_searches.isEmpty() ? tr("Type what you want to do")
                             : tr("Type what you want to do, or what you look for")
    );
    m_text->addAction(icon(u"search"_s, &Tokens::muted), QLineEdit::LeadingPosition);
    m_text->setMaxLength(longestText);
    m_text->installEventFilter(this);
    m_list->setAccessibleName(tr("Commands"));
    m_list->setProperty("kind", u"entries"_s);
    m_list->setFocusPolicy(Qt::NoFocus); // one types and walks at the same time
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    Column { m_text, growing(m_list) }.spacing(medium).margins(large).attachTo(this);
    resize(scaled(usualSize.width()), scaled(usualSize.height()));
    connect(m_text, &QLineEdit::textChanged, this, &CommandPalette::refresh);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::choose);
    m_text->setFocus();
    refresh();
}

QKeySequence CommandPalette::keys()
{
    return QKeySequence(Qt::CTRL | Qt::Key_K);
}

void CommandPalette::refresh()
{
    const QString typed = m_text->text().trimmed();
    const QStringList wanted = search_words::of(typed);
    m_list->clear();
    m_shown.clear();
    const auto add = [this](const QString &iconName, const QString &title, const QString &hint) {
        auto *item = new QListWidgetItem(
            icon(iconName, &Tokens::muted), hint.isEmpty() ? title : tr("%1    %2").arg(title, hint), m_list
        );
        item->setData(Qt::AccessibleTextRole, title);
    };
    for (const Command &command : m_commands) {
        if (!search_words::match(search_words::of(command.title), wanted))
            continue;
        add(command.icon, command.title, command.hint);
        m_shown.append(command.run);
    }
    if (!typed.isEmpty()) {
        for (const SearchCommand &search : m_searches) {
            add(search.icon, search.title.arg(typed), {});
            m_shown.append([run = search.run, typed] { run(typed); });
        }
    }
    if (m_shown.isEmpty()) {
        auto *none = new QListWidgetItem(tr("Nothing that can be done here is called that."), m_list);
        none->setFlags(Qt::NoItemFlags);
        return;
    }
    m_list->setCurrentRow(0);
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_text || event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    switch (const int key = static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const int rows = static_cast<int>(m_shown.size());
        if (rows > 0)
            m_list->setCurrentRow((m_list->currentRow() + (key == Qt::Key_Down ? 1 : rows - 1)) % rows);
        return true;
    }
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        return QCoreApplication::sendEvent(m_list, event);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose();
        return true;
    default:
        return QDialog::eventFilter(watched, event);
    }
}

void CommandPalette::choose()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_shown.size())
        return;
    // A command may open a dialog of its own, and looks at the window as it is without this.
    connect(this, &QDialog::accepted, this, m_shown.at(row));
    accept();
}
