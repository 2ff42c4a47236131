#include "server/services/notification/message_kind.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

using api::MessageChannel;
using api::MessageKind;

const QSet<QString> ofPerson { u"person.name"_s };
const QSet<QString> ofTicket { u"person.name"_s,    u"ticket.number"_s, u"ticket.subject"_s,
                               u"ticket.product"_s, u"ticket.city"_s,   u"ticket.zip"_s,
                               u"ticket.region"_s,  u"ticket.expert"_s, u"ticket.reason"_s };
const QSet<QString> ofInvoice { u"person.name"_s, u"invoice.number"_s, u"invoice.total"_s };

const QSet<QString> ofSurvey {
    u"person.name"_s, u"ticket.number"_s, u"ticket.product"_s, u"ticket.expert"_s, u"survey.link"_s
};
const QSet<QString> ofScore { u"person.name"_s,   u"ticket.number"_s, u"ticket.product"_s,
                              u"ticket.expert"_s, u"ticket.region"_s, u"survey.score"_s };

constexpr std::chrono::minutes whileVisiting = 1h;
constexpr std::chrono::minutes theDay = 24h;
constexpr std::chrono::minutes theWeek = 7 * 24h;

MessageTraits aboutBill(const QString &why)
{
    return { { MessageChannel::email }, Urgency::waits, theWeek, false, why, ofInvoice };
}

} // namespace

MessageTraits traitsOf(MessageKind kind)
{
    const QList<MessageChannel> mail { MessageChannel::email };
    const QList<MessageChannel> sms { MessageChannel::sms };
    const QList<MessageChannel> both { MessageChannel::email, MessageChannel::sms };
    switch (kind) {
    case MessageKind::accountRegistered:
        return { mail, Urgency::waits, theWeek, false, u"An account was registered."_s, ofPerson };
    case MessageKind::ticketReceived:
        return { mail, Urgency::waits, theDay, true, u"The ticket was filed."_s, ofTicket };
    case MessageKind::jobAssigned:
        return { sms,     Urgency::overrides, whileVisiting, false, u"The job was offered to an expert."_s,
                 ofTicket };
    case MessageKind::jobTaken:
        return { sms,     Urgency::overrides, theDay, false, u"The expert does not have the job any more."_s,
                 ofTicket };
    case MessageKind::expertOnTheWay:
        return { both, Urgency::overrides, whileVisiting, true, u"The expert has departed."_s, ofTicket };
    case MessageKind::visitDelayed:
        return { mail, Urgency::waits, theDay, true, u"The ticket takes longer than promised."_s, ofTicket };
    case MessageKind::noShow:
        return { both, Urgency::waits, theDay, false, u"The expert met nobody."_s, ofTicket };
    case MessageKind::ticketCompleted:
        return { mail, Urgency::waits, theDay, true, u"The repair is done."_s, ofTicket };
    case MessageKind::ticketEscalated:
        return { mail,    Urgency::overrides, theDay, false, u"The ticket was escalated to the managers."_s,
                 ofTicket };
    case MessageKind::paymentFailed:
        return aboutBill(u"A payment failed."_s);
    case MessageKind::planRestricted:
    case MessageKind::planSuspended:
    case MessageKind::planCancelled:
        return aboutBill(u"A bill stayed unpaid."_s);
    case MessageKind::planGood:
        return aboutBill(u"A bill that was overdue is paid."_s);
    case MessageKind::surveyInvitation:
        return { mail,    Urgency::waits, theWeek, true, u"The repair is done, and we ask how it was."_s,
                 ofSurvey };
    case MessageKind::surveyReminder:
        return { mail,    Urgency::waits, theWeek, true, u"We asked how the repair was, and heard nothing."_s,
                 ofSurvey };
    case MessageKind::lowScore:
        return { mail, Urgency::waits, theWeek, false, u"The customer was not satisfied."_s, ofScore };
    }
    return {};
}
