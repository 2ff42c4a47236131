#pragma once

#include "shared/api/account.h"
#include "shared/core/card_number.h"

// Cards, and the names of what is paid with them. A card's number goes in and never comes out.
namespace api {

struct CardConcept;
using CardId = Id<CardConcept>;
struct InvoiceConcept;
using InvoiceId = Id<InvoiceConcept>;
struct ChargeConcept;
using ChargeId = Id<ChargeConcept>;
struct RefundConcept;
using RefundId = Id<RefundConcept>;

// All that anybody sees of a card.
struct Card
{
    CardId id;
    QString last4;
    QString brand; // "visa", "mastercard", "amex" …
    int expMonth = 1;
    int expYear = 2000;
    bool isDefault = false; // what is due is taken from this one
};
BOOST_DESCRIBE_STRUCT(Card, (), (id, last4, brand, expMonth, expYear, isDefault))

// Without the security code on purpose: it may not be stored, so it is not asked for.
struct NewCard
{
    CardNumber number;
    Bounded<1, 12> expMonth;
    Bounded<2000, 2099> expYear;
};
BOOST_DESCRIBE_STRUCT(NewCard, (), (number, expMonth, expYear))

struct CardRef
{
    CardId id;
};
BOOST_DESCRIBE_STRUCT(CardRef, (), (id))

namespace payment {

    struct AddCard : Endpoint<Method::post, "/cards">
    {
        static constexpr std::string_view summary = "Add a card; the newest becomes the default";
        static constexpr Roles roles = Role::customer;
        static constexpr int success = 201;
        using Body = NewCard;
        using Answer = Card;
    };

    struct Cards : Endpoint<Method::get, "/cards">
    {
        static constexpr std::string_view summary = "The caller's cards";
        static constexpr Roles roles = Role::customer;
        using Answer = Items<Card>;
    };

    struct RemoveCard : Endpoint<Method::del, "/cards/{id}">
    {
        static constexpr std::string_view summary = "Remove a card and destroy what was kept of it";
        static constexpr Roles roles = Role::customer;
        using Params = CardRef;
    };

    struct UseCard : Endpoint<Method::post, "/cards/{id}/default">
    {
        static constexpr std::string_view summary = "Pay with this card from now on";
        static constexpr Roles roles = Role::customer;
        using Params = CardRef;
        using Answer = Card;
    };

} // namespace payment
} // namespace api
