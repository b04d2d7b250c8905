package billing

import "github.com/guanxi-crm/guanxi/tenant"

// Unlimited is the limit of a quota that a plan does not restrict.
const Unlimited int64 = -1

// The quotas. The packages that use one up name it by the same text.
const (
	// Seats counts active members and open invitations.
	Seats            tenant.Quota = "seats"
	WebhookEndpoints tenant.Quota = "webhook_endpoints"
	// Bots counts installed chat connectors (DingTalk, Feishu, WeCom).
	Bots    tenant.Quota = "bots"
	APIKeys tenant.Quota = "api_keys"
	// Forms counts hosted forms that are open.
	Forms tenant.Quota = "forms"
	// APIPerMinute is a rate for the whole company, not a count that is used up.
	APIPerMinute tenant.Quota = "api_per_minute"
	// Storage counts the bytes of attached files, those in the trash too.
	Storage tenant.Quota = "storage_bytes"
	// SpeechMinutes is speech-to-text per calendar month in the company's time zone.
	SpeechMinutes tenant.Quota = "speech_minutes"
	// AuditDays is how long the audit log is kept, not a count that is used up.
	AuditDays tenant.Quota = "audit_days"
)

// quotas lists every quota in the order in which screens show them.
var quotas = []struct {
	key     tenant.Quota
	name    Name
	counted bool // used up one by one, unlike a rate or a period
}{
	{Seats, Name{"成员数", "Seats"}, true},
	{WebhookEndpoints, Name{"Webhook 端点", "Webhook endpoints"}, true},
	{Bots, Name{"机器人", "Bots"}, true},
	{APIKeys, Name{"API 密钥", "API keys"}, true},
	{Forms, Name{"开放的表单", "Open forms"}, true},
	{APIPerMinute, Name{"每分钟 API 请求", "API requests per minute"}, false},
	{Storage, Name{"存储空间（字节）", "Storage (bytes)"}, true},
	{SpeechMinutes, Name{"每月语音转写（分钟）", "Speech to text (minutes per month)"}, true},
	{AuditDays, Name{"审计日志保留（天）", "Audit log (days kept)"}, false},
}
