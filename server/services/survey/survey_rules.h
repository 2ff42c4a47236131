#pragma once

#include "shared/api/survey.h"
#include "shared/core/result.h"

// What may be asked, and what is an answer to it.
namespace survey_rules {

inline constexpr auto answerTime = std::chrono::days(14); // from the invitation
inline constexpr auto reminderAfter = std::chrono::days(3);
inline constexpr int lowRating = 2; // and what is below it

[[nodiscard]] Result<void> check(const api::SurveyTemplateDraft &draft);
// Names every answer that does not fit, and every required question without one.
[[nodiscard]] Result<void>
check(const QList<api::SurveyQuestion> &questions, const QList<api::SurveyAnswer> &answers);

// Mean of the ratings, if there are any.
[[nodiscard]] std::optional<double> score(const QList<api::SurveyAnswer> &answers);
[[nodiscard]] bool isLow(const QList<api::SurveyAnswer> &answers);

} // namespace survey_rules
