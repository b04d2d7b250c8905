package api

import "net/http"

// formWords are what the page of a form says by itself.
type formWords struct {
	Optional, Choose, Yes, No, Send, Trap                      string
	Thanks, Unknown, CheckAddress, Closed, NotOpen             string
	Unavailable, TryLater                                      string
	Mend, TooFast, Expired, TooMany, ConsentMissing            string
	Required, BadPhone, BadEmail, BadNumber, TooLong, BadValue string
}

var formTexts = map[string]formWords{
	"zh-CN": {
		Optional: "（选填）", Choose: "请选择", Yes: "是", No: "否", Send: "提交", Trap: "请勿填写",
		Thanks: "提交成功，感谢您的填写，我们会尽快与您联系。", Unknown: "找不到表单", CheckAddress: "请检查网址是否完整。",
		Closed: "表单已关闭", NotOpen: "此表单已停止收集，感谢您的关注。", Unavailable: "暂时无法提交", TryLater: "请稍后再试。",
		Mend: "有几处需要修改，请检查标出的内容。", TooFast: "提交得太快了，请稍等两秒再提交一次。", Expired: "页面已过期，您填写的内容还在，请再提交一次。",
		TooMany: "提交次数过多，请过几分钟再试。", ConsentMissing: "请勾选同意后再提交。",
		Required: "请填写此项。", BadPhone: "请填写有效的电话号码，例如 138 0013 8000。", BadEmail: "请填写有效的邮箱，例如 name@company.com。",
		BadNumber: "请填写数字，不超出允许的范围。", TooLong: "内容太长了，请缩短。", BadValue: "内容格式不对，请检查。",
	},
	"en": {
		Optional: "(optional)", Choose: "Please choose", Yes: "Yes", No: "No", Send: "Send", Trap: "Leave this empty",
		Thanks: "Thank you. We have received your message and will be in touch soon.", Unknown: "Form not found", CheckAddress: "Please check that the address is complete.",
		Closed: "This form is closed", NotOpen: "It is not taking answers any more. Thank you for your interest.", Unavailable: "This cannot be sent just now", TryLater: "Please try again later.",
		Mend: "Some answers need mending; see what is marked.", TooFast: "That was very fast. Please wait two seconds and send it again.",
		Expired: "The page had grown old. What you wrote is still here: please send it again.", TooMany: "This was sent too often. Please try again in some minutes.",
		ConsentMissing: "Please tick this to go on.",
		Required:       "Please fill this in.", BadPhone: "Please give a phone number with its country code, as +44 20 7183 8750.", BadEmail: "Please give an e-mail address, as name@company.com.",
		BadNumber: "Please give a number within the limits.", TooLong: "This is too long.", BadValue: "This does not fit; please check it.",
	},
}

// alert says above the form what is wrong on the whole.
func (w formWords) alert(p *Problem, mistakes map[string]string) string {
	switch {
	case p.Status == http.StatusTooManyRequests:
		return w.TooMany
	case mistakes["stamp"] == "too_fast":
		return w.TooFast
	case mistakes["stamp"] != "":
		return w.Expired
	case p.Status == http.StatusUnprocessableEntity:
		return w.Mend
	}
	return w.TryLater
}

// mistake says beside a field what is wrong with its answer.
func (w formWords) mistake(kind, code string) string {
	switch {
	case code == "required":
		return w.Required
	case code == "too_long":
		return w.TooLong
	case kind == "phone":
		return w.BadPhone
	case kind == "email":
		return w.BadEmail
	case kind == "number" || kind == "money":
		return w.BadNumber
	}
	return w.BadValue
}
