#include "tests/doubles/payment_vendor/test_cards.h"

#include <QHash>

using namespace Qt::StringLiterals;

namespace vendor {

namespace {

    Decline declined(const QString &declineCode, const QString &message = u"Your card was declined."_s)
    {
        return { u"card_declined"_s, declineCode, message };
    }

    QHash<QString, TestCard> listed()
    {
        const Decline expired { u"expired_card"_s, {}, u"Your card has expired."_s };
        const Decline trouble { u"processing_error"_s,
                                {},
                                u"An error occurred while processing your card. Try again."_s };
        const Decline unproven { u"authentication_required"_s,
                                 u"authentication_required"_s,
                                 u"Your card requires authentication."_s };
        return {
            { u"4000000000000002"_s, { declined(u"generic_decline"_s) } },
            { u"4000000000009995"_s, { softDecline() } },
            { u"4000000000009987"_s, { declined(u"lost_card"_s) } },
            { u"4000000000009979"_s, { declined(u"stolen_card"_s) } },
            { u"4000000000006975"_s, { declined(u"card_velocity_exceeded"_s) } },
            { u"4000000000000069"_s, { expired } },
            { u"4000000000000119"_s, { trouble } },
            { u"4000002500003155"_s, { unproven, true } },
            { u"4000000000000341"_s, { declined(u"generic_decline"_s), true } },
            { u"4000000000007726"_s, { std::nullopt, false, true } },
        };
    }

} // namespace

TestCard testCard(const QString &number)
{
    static const QHash<QString, TestCard> cards = listed();
    return cards.value(number);
}

Decline softDecline()
{
    return declined(u"insufficient_funds"_s, u"Your card has insufficient funds."_s);
}

Decline hardDecline()
{
    return declined(u"stolen_card"_s);
}

} // namespace vendor
