#pragma once

class MatchingService;
class Routes;

void addMatchingRoutes(Routes &routes, const MatchingService &matching);
