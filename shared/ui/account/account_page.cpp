#include "shared/ui/account/account_page.h"

#include "shared/ui/about_dialog.h"
#include "shared/ui/banner.h"
#include "shared/ui/card.h"
#include "shared/ui/chip.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/scaling.h"
#include "shared/ui/words.h"

#include <QComboBox>
#include <QScrollArea>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QString phoneText(const std::optional<Phone> &phone)
{
    return phone ? words::phone(phone->toString()) : QString();
}

QComboBox *modeChoice(Theme &theme)
{
    auto *choice = new QComboBox;
    choice->addItems({ AccountPage::tr("As the computer"), AccountPage::tr("Light"), AccountPage::tr("Dark") }
    );
    choice->setCurrentIndex(static_cast<int>(theme.mode()));
    QObject::connect(choice, &QComboBox::activated, &theme, [&theme](int index) {
        theme.setMode(static_cast<Theme::Mode>(index));
    });
    return choice;
}

QComboBox *textChoice(Theme &theme)
{
    auto *choice = new QComboBox;
    for (const int percent : { 80, 100, 115, 130, 150, 175, 200 }) {
        choice->addItem(AccountPage::tr("%1 %").arg(percent), percent);
        if (percent == theme.textPercent())
            choice->setCurrentIndex(choice->count() - 1);
    }
    QObject::connect(choice, &QComboBox::activated, &theme, [&theme, choice] {
        theme.setTextPercent(choice->currentData().toInt());
    });
    return choice;
}

} // namespace

AccountPage::AccountPage(AccountViewModel &viewModel, Theme &theme, const TokenVault &vault, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_theme(theme)
    , m_banner(new Banner)
    , m_profile(new Facts)
    , m_sessions(new QWidget)
    , m_sessionRows(new QVBoxLayout(m_sessions))
{
    m_sessionRows->setContentsMargins(0, 0, 0, 0);
    m_sessionRows->setSpacing(medium);
    auto *sessionsBody = new QWidget;
    Column { m_sessions, label(keepingText(vault), Words::caption) }.spacing(medium).attachTo(sessionsBody);
    auto cards = Column {
        m_banner,
        new Card(u"person"_s, tr("Profile"), m_profile),
        new Card(u"lock"_s, tr("Signed in"), sessionsBody),
        makeAppearance(),
        Stretch(),
    }
                     .spacing(medium);
    m_cards = cards.release();
    auto *narrow = new QWidget; // lines that one can read
    keepScaled(narrow, [narrow] { narrow->setMaximumWidth(scaled(760)); });
    narrow->setLayout(m_cards);
    auto *content = new QWidget;
    content->setProperty("ground", u"scroll"_s);
    Row { growing(narrow), Stretch(0) }.margins(wide).attachTo(content);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Account"));
    Column { scroll }.attachTo(this);
    connect(&m_viewModel, &AccountViewModel::changed, this, &AccountPage::refresh);
    connect(&m_viewModel, &AccountViewModel::sessionEnded, this, [this] {
        m_banner->say(Tone::success, tr("That session has ended."));
    });
    refresh();
}

void AccountPage::addCard(QWidget *card)
{
    m_cards->insertWidget(2, card);
}

QWidget *AccountPage::makeAppearance()
{
    auto *form = new QWidget;
    Row {
        Form { tr("Colours"), modeChoice(m_theme) },
        Form { tr("Size of text"), textChoice(m_theme) },
        Stretch(),
    }
        .spacing(wide)
        .attachTo(form);
    return new Card(u"eye"_s, tr("Appearance"), form);
}

void AccountPage::refresh()
{
    const api::Account &account = m_viewModel.account();
    m_profile->setFacts({
        { tr("Name"), account.name.toString() },
        { tr("E-mail"), account.email.toString() },
        { tr("Telephone"), phoneText(account.phone) },
        { tr("Role"), words::of(account.role) },
    });
    if (m_viewModel.problem())
        m_banner->say(*m_viewModel.problem());
    refreshSessions();
}

void AccountPage::refreshSessions()
{
    while (const std::unique_ptr<QLayoutItem> item { m_sessionRows->takeAt(0) })
        delete item->widget();
    for (const api::SessionInfo &session : m_viewModel.sessions())
        m_sessionRows->addWidget(makeSessionRow(session));
}

QWidget *AccountPage::makeSessionRow(const api::SessionInfo &session)
{
    auto *row = new QWidget;
    const QString device = session.device.isEmpty() ? tr("Unknown device") : session.device;
    const QString where = session.address.isEmpty() ? QString() : tr(" from %1").arg(session.address);
    auto *end = button(tr("End"));
    end->setAccessibleName(tr("End the session on %1").arg(device));
    if (session.current)
        end->hide();
    connect(end, &QPushButton::clicked, this, [this, end, id = session.id] {
        end->setEnabled(false);
        m_viewModel.endSession(id);
    });
    auto *here
        = new Chip(session.current ? ChipWords { tr("This app"), u"check"_s, Tone::success } : ChipWords());
    Row {
        growing(Column {
            label(device, Words::strong),
            label(tr("Last used %1%2").arg(relativeTime(session.lastUsedAt), where), Words::caption),
        }
                    .spacing(2)),
        here,
        end,
    }
        .spacing(medium)
        .attachTo(row);
    return row;
}
