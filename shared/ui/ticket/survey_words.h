#pragma once

#include "shared/api/survey.h"

namespace words {

// What was asked and answered, a paragraph per question, or why nothing was.
[[nodiscard]] QString survey(const api::Survey &survey);

} // namespace words
