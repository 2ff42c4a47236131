#pragma once

#include "server/services/accounting/auditor.h"

// Mends confirmed differences, through what other services offer to everybody, and writes down what it did.
//
// An attempt is written down before it is made, and turns the difference into a suspicion again: it has to be
// confirmed anew before the next attempt, and after the last one it is left to a person. So nothing is mended
// in a loop, not even by a node that dies in between or by several at once.
class Reconciler
{
public:
    Reconciler(const Auditor::Sources &sources, const Auditor::Options &options);

    // Makes the next few repairs; says how many.
    Result<int> mend() const;

private:
    // Repairs in one go. More wait for the next.
    static constexpr int mostAtOnce = 50;

    Result<QList<DifferenceRow>> take(Session &session) const;
    Result<QString> act(const DifferenceRow &difference) const;

    Auditor::Sources m_with;
    Auditor::Options m_options;
};
