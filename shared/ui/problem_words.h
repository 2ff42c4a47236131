#pragma once

#include "shared/core/problem.h"

// A problem in the person's language. The server's own words are used where they say more than the kind does.
[[nodiscard]] QString headline(const Problem &problem);
[[nodiscard]] QString advice(const Problem &problem);
// Both in one sentence or two, for a toast or a banner.
[[nodiscard]] QString sentence(const Problem &problem);
