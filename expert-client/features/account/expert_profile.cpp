#include "expert-client/features/account/expert_profile.h"

#include "shared/ui/card.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/words.h"

#include <QTime>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QString shiftClock(int minuteOfDay)
{
    if (minuteOfDay == 24 * 60)
        return ExpertProfile::tr("midnight");
    return clockText(QTime(minuteOfDay / 60, minuteOfDay % 60));
}

QString skillsText(const QList<api::SkillLevel> &skills)
{
    QStringList lines;
    for (const api::SkillLevel &each : skills)
        lines += ExpertProfile::tr("%1: %2").arg(
            words::slug(each.skill.toString()), words::skillLevel(each.level.value)
        );
    return lines.join(u'\n');
}

QString areasText(const QList<Text<3, 5>> &areas)
{
    QStringList codes;
    for (const auto &area : areas)
        codes += area.toString().size() == 3 ? area.toString() + u"…"_s : area.toString();
    return codes.join(u", "_s);
}

QString hoursText(const QList<api::Shift> &shifts)
{
    QStringList lines;
    for (const api::Shift &shift : shifts) {
        lines += ExpertProfile::tr("%1 %2 to %3")
                     .arg(
                         words::weekday(shift.weekday.value),
                         shiftClock(shift.fromMinute.value),
                         shiftClock(shift.toMinute.value)
                     );
    }
    return lines.join(u'\n');
}

} // namespace

ExpertProfile::ExpertProfile(QWidget *parent)
    : QWidget(parent)
    , m_facts(new Facts)
{
    Column {
        m_facts,
        label(
            tr("These decide which jobs you are offered. Ask an administrator to change them."),
            Words::caption
        ),
    }
        .spacing(medium)
        .attachTo(this);
}

void ExpertProfile::setExpert(const api::Expert &expert)
{
    m_facts->setFacts({
        { tr("Skills"), skillsText(expert.skills) },
        { tr("ZIP codes"), areasText(expert.areas) },
        { tr("Hours"), hoursText(expert.shifts) },
        { tr("Time zone"), expert.timeZone },
    });
}
