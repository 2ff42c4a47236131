#include "manager-client/features/accounting/accounting_words.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace {

struct AccountingWords
{
    Q_DECLARE_TR_FUNCTIONS(AccountingWords)
};

QString nameOf(api::DifferenceKind kind)
{
    switch (kind) {
    case api::DifferenceKind::lost:
        return AccountingWords::tr("Lost");
    case api::DifferenceKind::unheard:
        return AccountingWords::tr("Never heard of");
    case api::DifferenceKind::behind:
        return AccountingWords::tr("News lost");
    case api::DifferenceKind::altered:
        return AccountingWords::tr("Altered");
    case api::DifferenceKind::historyBroken:
        return AccountingWords::tr("History broken");
    case api::DifferenceKind::unmatched:
        return AccountingWords::tr("Not being matched");
    case api::DifferenceKind::matchStuck:
        return AccountingWords::tr("Match stuck");
    case api::DifferenceKind::notHeld:
        return AccountingWords::tr("Expert thought free");
    case api::DifferenceKind::heldInVain:
        return AccountingWords::tr("Expert held in vain");
    case api::DifferenceKind::strayWaiting:
        return AccountingWords::tr("Matched though over");
    case api::DifferenceKind::strayVisit:
        return AccountingWords::tr("Visit without a job");
    case api::DifferenceKind::noVisit:
        return AccountingWords::tr("Job without a visit");
    case api::DifferenceKind::untold:
        return AccountingWords::tr("Expert not told");
    case api::DifferenceKind::mistimed:
        return AccountingWords::tr("Timer wrong");
    case api::DifferenceKind::miscounted:
        return AccountingWords::tr("Miscounted");
    }
    Q_UNREACHABLE();
}

} // namespace

namespace words {

ChipWords of(api::DifferenceKind kind, bool needsPerson)
{
    return needsPerson ? ChipWords { nameOf(kind), u"cross-circle"_s, Tone::danger }
                       : ChipWords { nameOf(kind), u"wrench"_s, Tone::warning };
}

QString of(api::TicketPlace place)
{
    switch (place) {
    case api::TicketPlace::open:
        return AccountingWords::tr("Open");
    case api::TicketPlace::waiting:
        return AccountingWords::tr("Waiting");
    case api::TicketPlace::assigned:
        return AccountingWords::tr("Offered");
    case api::TicketPlace::accepted:
        return AccountingWords::tr("Accepted");
    case api::TicketPlace::enRoute:
        return AccountingWords::tr("On the way");
    case api::TicketPlace::inProgress:
        return AccountingWords::tr("In progress");
    case api::TicketPlace::completed:
        return AccountingWords::tr("Completed");
    case api::TicketPlace::closed:
        return AccountingWords::tr("Closed");
    case api::TicketPlace::cancelled:
        return AccountingWords::tr("Called off");
    }
    Q_UNREACHABLE();
}

} // namespace words
