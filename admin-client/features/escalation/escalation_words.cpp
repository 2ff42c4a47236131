#include "admin-client/features/escalation/escalation_words.h"

#include "shared/ui/relative_time.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace {

struct EscalationWords
{
    Q_DECLARE_TR_FUNCTIONS(EscalationWords)
};

} // namespace

namespace words {

QString of(api::Told told)
{
    switch (told) {
    case api::Told::customer:
        return EscalationWords::tr("the customer");
    case api::Told::expert:
        return EscalationWords::tr("the expert");
    case api::Told::manager:
        return EscalationWords::tr("managers");
    }
    Q_UNREACHABLE();
}

QString told(const QList<api::Told> &people)
{
    QStringList names;
    for (const api::Told each : people)
        names += of(each);
    return names.join(u", "_s);
}

QString moment(int minutes)
{
    if (minutes == 0)
        return EscalationWords::tr("when it is due");
    return minutes < 0 ? EscalationWords::tr("%1 before it is due").arg(durationText(-minutes))
                       : EscalationWords::tr("%1 after it was due").arg(durationText(minutes));
}

} // namespace words
