#pragma once

class Consumer;
class PushHub;

// Tells customers that their plans, cards or bills have changed: once for all that a batch of events brings.
void addAccountFeed(Consumer &consumer, PushHub &hub);
