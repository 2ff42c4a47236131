#include "shared/ui/words.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace {

struct TicketWords
{
    Q_DECLARE_TR_FUNCTIONS(TicketWords)
};

// Per action: its icon and the sentence; %1 is who did it.
struct Action
{
    const char *name;
    const char *icon;
    const char *sentence;
};

constexpr Action actions[] = {
    { "open", "tickets", QT_TRANSLATE_NOOP("TicketWords", "%1 filed the ticket") },
    { "assign", "bell", QT_TRANSLATE_NOOP("TicketWords", "%1 offered the job") },
    { "accept", "check-circle", QT_TRANSLATE_NOOP("TicketWords", "%1 accepted the job") },
    { "reject", "cross-circle", QT_TRANSLATE_NOOP("TicketWords", "%1 turned the job down") },
    { "depart", "van", QT_TRANSLATE_NOOP("TicketWords", "%1 is on the way") },
    { "arrive", "flag", QT_TRANSLATE_NOOP("TicketWords", "%1 arrived") },
    { "complete", "check-circle", QT_TRANSLATE_NOOP("TicketWords", "%1 completed the repair") },
    { "revisit", "repeat", QT_TRANSLATE_NOOP("TicketWords", "%1 asked for another visit") },
    { "cancel", "cross-circle", QT_TRANSLATE_NOOP("TicketWords", "%1 called the ticket off") },
    { "reopen", "repeat", QT_TRANSLATE_NOOP("TicketWords", "%1 opened the ticket again") },
    { "escalate", "arrow-up", QT_TRANSLATE_NOOP("TicketWords", "%1 raised the level") },
    { "pause", "clock", QT_TRANSLATE_NOOP("TicketWords", "%1 put the ticket on hold") },
    { "resume", "repeat", QT_TRANSLATE_NOOP("TicketWords", "%1 let the ticket go on") },
    { "silent", "cross-circle", QT_TRANSLATE_NOOP("TicketWords", "%1 took the job back") },
    { "rematch", "repeat", QT_TRANSLATE_NOOP("TicketWords", "%1 had the ticket matched again") },
    { "delay", "clock", QT_TRANSLATE_NOOP("TicketWords", "%1 told the customer of the delay") },
    { "close", "archive", QT_TRANSLATE_NOOP("TicketWords", "%1 closed the ticket") },
    { "comment", "chat", QT_TRANSLATE_NOOP("TicketWords", "%1 wrote a comment") },
    { "wait", "clock", QT_TRANSLATE_NOOP("TicketWords", "%1 found nobody yet") },
    { "cover", "shield", QT_TRANSLATE_NOOP("TicketWords", "%1 checked the coverage") },
};

const Action *actionNamed(const QString &name)
{
    const auto found
        = std::ranges::find_if(actions, [&](const Action &each) { return name == QLatin1String(each.name); });
    return found == std::end(actions) ? nullptr : found;
}

} // namespace

namespace words {

ChipWords of(api::TicketState state)
{
    switch (state) {
    case api::TicketState::open:
        return { TicketWords::tr("Open"), u"circle"_s, Tone::warning };
    case api::TicketState::assigned:
        return { TicketWords::tr("Offered"), u"bell"_s, Tone::accent };
    case api::TicketState::accepted:
        return { TicketWords::tr("Accepted"), u"check"_s, Tone::accent };
    case api::TicketState::enRoute:
        return { TicketWords::tr("On the way"), u"van"_s, Tone::accent };
    case api::TicketState::inProgress:
        return { TicketWords::tr("In progress"), u"wrench"_s, Tone::accent };
    case api::TicketState::completed:
        return { TicketWords::tr("Completed"), u"check-circle"_s, Tone::success };
    case api::TicketState::closed:
        return { TicketWords::tr("Closed"), u"archive"_s, Tone::neutral };
    case api::TicketState::cancelled:
        return { TicketWords::tr("Called off"), u"cross-circle"_s, Tone::neutral };
    }
    Q_UNREACHABLE();
}

ChipWords of(api::Priority priority)
{
    switch (priority) {
    case api::Priority::low:
        return { TicketWords::tr("Low"), u"chevron-down"_s, Tone::neutral };
    case api::Priority::normal:
        return { TicketWords::tr("Normal"), {}, Tone::neutral };
    case api::Priority::high:
        return { TicketWords::tr("High"), u"arrow-up"_s, Tone::warning };
    case api::Priority::urgent:
        return { TicketWords::tr("Urgent"), u"warning"_s, Tone::danger };
    }
    Q_UNREACHABLE();
}

ChipWords of(api::CoverageReason reason)
{
    switch (reason) {
    case api::CoverageReason::inPlan:
        return { TicketWords::tr("Covered by a plan"), u"shield"_s, Tone::success };
    case api::CoverageReason::unregistered:
        return { TicketWords::tr("Covered, device not registered: check its serial number"),
                 u"shield"_s,
                 Tone::warning };
    case api::CoverageReason::notInPlan:
        return { TicketWords::tr("Not covered"), u"warning"_s, Tone::warning };
    case api::CoverageReason::visitsUsed:
        return { TicketWords::tr("Not covered: the plan's visits are used up"), u"warning"_s, Tone::warning };
    case api::CoverageReason::noPlan:
        return { TicketWords::tr("Coverage is being checked"), u"clock"_s, Tone::neutral };
    case api::CoverageReason::unpaid:
        return { TicketWords::tr("The plan is not paid yet"), u"clock"_s, Tone::neutral };
    }
    Q_UNREACHABLE();
}

ChipWords of(api::PauseReason reason)
{
    switch (reason) {
    case api::PauseReason::noShow:
        return { TicketWords::tr("On hold: nobody was there"), u"clock"_s, Tone::warning };
    case api::PauseReason::laterDay:
        return { TicketWords::tr("On hold until a later day"), u"clock"_s, Tone::warning };
    case api::PauseReason::access:
        return { TicketWords::tr("On hold: no access"), u"clock"_s, Tone::warning };
    }
    Q_UNREACHABLE();
}

ChipWords of(api::Standing standing)
{
    switch (standing) {
    case api::Standing::good:
        return { TicketWords::tr("Good standing"), u"check-circle"_s, Tone::success };
    case api::Standing::warned:
        return { TicketWords::tr("Warned"), u"warning"_s, Tone::warning };
    case api::Standing::restricted:
        return { TicketWords::tr("Restricted"), u"warning"_s, Tone::warning };
    case api::Standing::suspended:
        return { TicketWords::tr("Suspended"), u"lock"_s, Tone::danger };
    case api::Standing::cancelled:
        return { TicketWords::tr("Cancelled"), u"cross-circle"_s, Tone::danger };
    }
    Q_UNREACHABLE();
}

ChipWords standing(const api::TicketSummary &ticket)
{
    return ticket.paused ? ChipWords { TicketWords::tr("On hold"), u"clock"_s, Tone::warning }
                         : of(ticket.state);
}

ChipWords escalation(int level)
{
    return level > 0 ? ChipWords { TicketWords::tr("Level %1").arg(level), u"arrow-up"_s, Tone::danger }
                     : ChipWords();
}

ChipWords of(api::DecisionOutcome outcome)
{
    switch (outcome) {
    case api::DecisionOutcome::proposed:
        return { TicketWords::tr("Proposed"), u"clock"_s, Tone::neutral };
    case api::DecisionOutcome::assigned:
        return { TicketWords::tr("Chosen"), u"check"_s, Tone::success };
    case api::DecisionOutcome::refused:
        return { TicketWords::tr("Came too late"), u"cross"_s, Tone::neutral };
    case api::DecisionOutcome::nobody:
        return { TicketWords::tr("Nobody fits"), u"warning"_s, Tone::warning };
    }
    Q_UNREACHABLE();
}

QString of(api::Role role)
{
    switch (role) {
    case api::Role::customer:
        return TicketWords::tr("Customer");
    case api::Role::expert:
        return TicketWords::tr("Expert");
    case api::Role::manager:
        return TicketWords::tr("Manager");
    case api::Role::admin:
        return TicketWords::tr("Administrator");
    }
    Q_UNREACHABLE();
}

QString withArticle(api::Role role)
{
    switch (role) {
    case api::Role::customer:
        return TicketWords::tr("a customer");
    case api::Role::expert:
        return TicketWords::tr("an expert");
    case api::Role::manager:
        return TicketWords::tr("a manager");
    case api::Role::admin:
        return TicketWords::tr("an administrator");
    }
    Q_UNREACHABLE();
}

QString placeOf(api::Role role)
{
    switch (role) {
    case api::Role::customer:
        return TicketWords::tr("the customer portal in your web browser");
    case api::Role::expert:
        return TicketWords::tr("the Sysops Squad Expert app");
    case api::Role::manager:
        return TicketWords::tr("the Sysops Squad Manager app");
    case api::Role::admin:
        return TicketWords::tr("the Sysops Squad Admin app");
    }
    Q_UNREACHABLE();
}

QString sentence(const api::TicketChange &change)
{
    if (const Action *action = actionNamed(change.action))
        return TicketWords::tr(action->sentence).arg(change.actor);
    return TicketWords::tr("%1: %2").arg(change.actor, of(change.to).label);
}

QString iconOf(const api::TicketChange &change)
{
    const Action *action = actionNamed(change.action);
    return action ? QString::fromLatin1(action->icon) : of(change.to).icon;
}

QString costTerm(const QString &name)
{
    static const QHash<QString, const char *> known {
        { u"travel"_s, QT_TRANSLATE_NOOP("TicketWords", "Travel") },
        { u"wait"_s, QT_TRANSLATE_NOOP("TicketWords", "Waiting time") },
        { u"load"_s, QT_TRANSLATE_NOOP("TicketWords", "Jobs today") },
        { u"sla"_s, QT_TRANSLATE_NOOP("TicketWords", "Promised time") },
        { u"overqualification"_s, QT_TRANSLATE_NOOP("TicketWords", "Skill to spare") },
        { u"age"_s, QT_TRANSLATE_NOOP("TicketWords", "Age of the ticket") },
    };
    const auto term = known.constFind(name);
    return term == known.constEnd() ? slug(name) : TicketWords::tr(*term);
}

QString cost(qint64 hundredths)
{
    const double minutes = static_cast<double>(hundredths) / 100;
    const int decimals = std::abs(minutes) < 10 ? 1 : 0;
    return TicketWords::tr("%1 min").arg(QLocale().toString(minutes, 'f', decimals));
}

// Whole numbers all the way: an amount is never a fraction of a binary number.
QString money(const Money &amount)
{
    const QLocale locale;
    const quint64 minor
        = amount.minor < 0 ? -static_cast<quint64>(amount.minor) : static_cast<quint64>(amount.minor);
    const QString sign = amount.minor < 0 ? locale.negativeSign() : QString();
    const QString currency = amount.currency == "USD"_L1 ? u"$"_s : amount.currency + u' ';
    return sign + currency + locale.toString(minor / 100) + locale.decimalPoint()
        + QString::number(minor % 100).rightJustified(2, u'0');
}

QString slug(const QString &slug)
{
    QString words = slug;
    words.replace(u'-', u' ').replace(u'_', u' ');
    static const QSet<QString> abbreviations { u"tv"_s,  u"led"_s,  u"oled"_s, u"pc"_s,
                                               u"nas"_s, u"hvac"_s, u"ac"_s,   u"vr"_s };
    QStringList parts = words.split(u' ');
    for (QString &part : parts) {
        if (abbreviations.contains(part))
            part = part.toUpper();
    }
    words = parts.join(u' ');
    return words.isEmpty() ? words : QString(words.at(0).toUpper() + words.mid(1));
}

QString skillLevel(int level)
{
    switch (level) {
    case 1:
        return TicketWords::tr("learning");
    case 2:
        return TicketWords::tr("with guidance");
    case 3:
        return TicketWords::tr("works alone");
    case 4:
        return TicketWords::tr("experienced");
    default:
        return TicketWords::tr("teaches others");
    }
}

QString weekday(int iso)
{
    return QLocale().standaloneDayName(iso, QLocale::LongFormat);
}

QString phone(const QString &e164)
{
    static const QRegularExpression northAmerican(u"^\\+1(\\d{3})(\\d{3})(\\d{4})$"_s);
    const auto match = northAmerican.match(e164);
    return match.hasMatch() ? u"+1 %1 %2 %3"_s.arg(match.captured(1), match.captured(2), match.captured(3))
                            : e164;
}

QString address(const api::Address &address)
{
    QStringList lines { address.line1.toString() };
    if (address.line2 && !address.line2->toString().isEmpty())
        lines += address.line2->toString();
    lines += u"%1, %2 %3"_s.arg(address.city.toString(), address.state.toString(), address.zip.toString());
    return lines.join(u'\n');
}

} // namespace words
