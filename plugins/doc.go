// Package plugins owns what leaves a company for the outside: the [Connector] contract that every channel
// fulfils, the guarded client that carries requests ([Outbound]), the three verdicts on an answer
// ([Throttled], [Rejected], [Failed]), signing secrets and the retry schedule.
//
// Each channel is a sub-package that imports this one, never the other way round; the edge wires those it
// wants into a [Connectors]:
//
//	plugins/webhook   a company's own receivers, by Standard Webhooks
//	plugins/dingtalk  DingTalk group robots
//	plugins/feishu    Feishu and Lark group bots
//
// plugins/email is none of them: it sends mail to members by SMTP, which has no deliveries.
//
// An attempt goes: the worker loads a delivery, [Outbound.Send] asks the connector for the request, sends
// it and asks the connector to judge the answer; the worker writes down the verdict and, for one that may be
// repeated, the time of the next attempt.
//
// What happened (events) and how a message is worded belong to the packages beside this one and to worker.
// Pacing a channel below its vendor's rate is the worker's, from [Description.Rates].
package plugins
