#include "server/services/ticket/ticket_state.h"

#include <QTest>

#include <map>

using api::TicketState;

class TicketStateTest : public QObject
{
    Q_OBJECT

private slots:
    // The picture of DESIGN.md, 6, written out: every pair that is not in it must be refused.
    void onlyTheDrawnTransitionsExist()
    {
        using enum TicketState;
        const std::map<std::pair<TicketState, TicketAction>, TicketState> drawn {
            { { open, TicketAction::assign }, assigned },
            { { assigned, TicketAction::assign }, assigned },
            { { accepted, TicketAction::assign }, assigned },
            { { assigned, TicketAction::accept }, accepted },
            { { assigned, TicketAction::reject }, open },
            { { accepted, TicketAction::reject }, open },
            { { accepted, TicketAction::depart }, enRoute },
            { { enRoute, TicketAction::arrive }, inProgress },
            { { inProgress, TicketAction::complete }, completed },
            { { inProgress, TicketAction::revisit }, open },
            { { completed, TicketAction::reopen }, open },
            { { completed, TicketAction::close }, closed },
            { { open, TicketAction::cancel }, cancelled },
            { { assigned, TicketAction::cancel }, cancelled },
            { { accepted, TicketAction::cancel }, cancelled },
            { { enRoute, TicketAction::cancel }, cancelled },
            { { inProgress, TicketAction::cancel }, cancelled },
            { { open, TicketAction::escalate }, open },
            { { assigned, TicketAction::escalate }, assigned },
            { { accepted, TicketAction::escalate }, accepted },
            { { enRoute, TicketAction::escalate }, enRoute },
            { { inProgress, TicketAction::escalate }, inProgress },
            { { assigned, TicketAction::silent }, open },
            { { open, TicketAction::rematch }, open },
        };
        // Like escalate, these are possible as long as the ticket is not over, and move nothing.
        const QSet<TicketAction> beside { TicketAction::pause, TicketAction::resume, TicketAction::delay };
        for (const TicketState from :
             { open, assigned, accepted, enRoute, inProgress, completed, closed, cancelled }) {
            for (const QString &name : enumNames<TicketAction>()) {
                const TicketAction action = *enumFromName<TicketAction>(name);
                const auto expected = drawn.find({ from, action });
                const auto after = stateAfter(from, action);
                if (beside.contains(action)) {
                    QCOMPARE(after, stateAfter(from, TicketAction::escalate));
                    continue;
                }
                QVERIFY2(
                    expected == drawn.end() ? !after : after == expected->second,
                    qPrintable(name + QStringLiteral(" from ") + enumName(from))
                );
            }
        }
    }

    void everyActionHasAnEventOfItsOwn()
    {
        QSet<QString> types;
        for (const QString &name : enumNames<TicketAction>()) {
            const QString type = eventType(*enumFromName<TicketAction>(name));
            QVERIFY(type.startsWith(QLatin1String("ticket.")));
            types.insert(type);
        }
        QCOMPARE(types.size(), enumNames<TicketAction>().size());
    }
};

QTEST_APPLESS_MAIN(TicketStateTest)
#include "ticket_state_test.moc"
