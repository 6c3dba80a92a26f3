#include "unit/rule/cel/lib.h"

static void test_parse(void **state)
{
	static const struct lib_case cases[] = {
		{"['0.0.0.0', '255.255.255.255', '::', '::1', '1::', '2001:db8::68', "
		 "'1:2:3:4:5:6:7:8', 'FFFF::', '64:ff9b::192.0.2.1', '1:2:3:4:5:6:1.2.3.4', "
		 "'1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8'].all(x, isIP(x))",
		 "true"},
		{"['', '1', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.04', '1.2.3.', "
		 "'.1.2.3', '1.2.3.4 ', '+1.2.3.4', '1.2.3.-4', '0x1.2.3.4', '1..2.3', "
		 "'1.2.3.0000', ':', ':::', '1:', ':1', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', "
		 "'1::2::3', '12345::', 'g::', '1:2:3:4:5:6:7::8', '::1:2:3:4:5:6:7:8', "
		 "'1:2:3:4:5:6:7:1.2.3.4', '::1.2.3', '::1.2.3.4:5', '1.2.3.4::', '::ffff:1.2.3.4', "
		 "'fe80::1%en0', '[::1]', '::1/64'].exists(x, isIP(x))",
		 "false"},
		{"ip('192.168.0.1.0')", "!not an IP address"},
		{"ip('fe80::1%en0')", "!zone is not allowed"},
		{"ip('::ffff:192.168.0.1')", "!IPv4-mapped"},
		{"ip(dyn('::ffff:192.168.0.1'))", "!IPv4-mapped"},
		{"isIP(cidr('192.168.0.0/24'))", "!isIP"},
		{"['10.0.0.0/8', '0.0.0.0/0', '1.2.3.4/32', '::/0', '::1/128', '2001:db8::/32']"
		 ".all(x, isCIDR(x))",
		 "true"},
		{"['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', "
		 "'10.0.0.0/+8', '10.0.0/8', '::/129', '/8', '::1/1280', 'fe80::1%en0/24', "
		 "'::ffff:1.2.3.4/24', '10.0.0.0/8/8', '10.0.0.0/8 '].exists(x, isCIDR(x))",
		 "false"},
		{"cidr('192.168.0.0/')", "!not a prefix length"},
		{"cidr('192.168.0.0')", "!without /prefix length"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_text(void **state)
{
	static const struct lib_case cases[] = {
		{"string(ip('2001:0DB8:0:0:0:0:0:0068'))", "\"2001:db8::68\""},
		{"string(ip('0:0:0:0:0:0:0:0'))", "\"::\""},
		{"string(ip('0:0:0:0:0:0:0:1'))", "\"::1\""},
		{"string(ip('1:0:0:0:0:0:0:0'))", "\"1::\""},
		{"string(ip('1:0:0:2:0:0:0:3'))", "\"1:0:0:2::3\""},
		{"string(ip('1:0:0:2:0:0:3:4'))", "\"1::2:0:0:3:4\""},
		{"string(ip('1:0:2:3:4:5:6:7'))", "\"1:0:2:3:4:5:6:7\""},
		{"string(ip('0:0:1:2:3:4:5:6'))", "\"::1:2:3:4:5:6\""},
		{"string(ip('1:2:3:4:5:6:0:0'))", "\"1:2:3:4:5:6::\""},
		{"string(ip('::ffff:c0a8:1'))", "\"::ffff:192.168.0.1\""},
		{"string(ip('64:ff9b::192.0.2.1'))", "\"64:ff9b::c000:201\""},
		{"string(cidr('2001:DB8::/32'))", "\"2001:db8::/32\""},
		{"ip.isCanonical('127.0.0.1')", "true"},
		{"ip.isCanonical('2001:db8::abcd')", "true"},
		{"ip.isCanonical('2001:DB8::ABCD')", "false"},
		{"ip.isCanonical('2001:db8:0:0::1')", "false"},
		{"ip.isCanonical('junk')", "!not an IP address"},
		{"type(ip('1.2.3.4')) == net.IP && type(cidr('1.2.3.4/5')) == net.CIDR", "true"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_properties(void **state)
{
	static const struct lib_case cases[] = {
		{"ip('1.2.3.4').family()", "4"},
		{"ip('::1').family()", "6"},
		{"ip('0.0.0.0').isUnspecified() && ip('::').isUnspecified()", "true"},
		{"ip('127.0.0.1').isUnspecified() || ip('::1').isUnspecified()", "false"},
		{"ip('127.255.0.1').isLoopback() && ip('::1').isLoopback()", "true"},
		{"ip('128.0.0.1').isLoopback() || ip('::2').isLoopback()", "false"},
		{"ip('::ffff:7f00:1').isLoopback()", "true"},
		{"ip('224.0.0.255').isLinkLocalMulticast() && ip('ff12::1').isLinkLocalMulticast()",
		 "true"},
		{"ip('224.0.1.1').isLinkLocalMulticast() || ip('ff05::1').isLinkLocalMulticast()",
		 "false"},
		{"ip('169.254.9.9').isLinkLocalUnicast() && ip('febf::1').isLinkLocalUnicast()",
		 "true"},
		{"ip('169.255.0.1').isLinkLocalUnicast() || ip('fec0::1').isLinkLocalUnicast()",
		 "false"},
		{"['10.0.0.1', '8.8.8.8', '2001:db8::1', 'fd00::1', '240.0.0.1']"
		 ".all(x, ip(x).isGlobalUnicast())",
		 "true"},
		{"['0.0.0.0', '127.0.0.1', '224.0.0.1', '239.1.1.1', '169.254.0.1', "
		 "'255.255.255.255', '::', '::1', 'ff00::1', 'fe80::1']"
		 ".exists(x, ip(x).isGlobalUnicast())",
		 "false"},
		{"ip('127.0.0.1') == ip('127.0.0.1') && ip('2001:db8::1') == ip('2001:DB8::1')",
		 "true"},
		{"ip('::ffff:c0a8:1') == ip('192.168.0.1')", "false"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

static void test_networks(void **state)
{
	static const struct lib_case cases[] = {
		{"cidr('192.168.0.0/24').containsIP(ip('192.168.0.255'))", "true"},
		{"cidr('192.168.0.0/24').containsIP('192.168.1.0')", "false"},
		{"cidr('192.168.0.0/23').containsIP('192.168.1.0')", "true"},
		{"cidr('10.128.0.0/9').containsIP('10.127.0.0')", "false"},
		{"cidr('0.0.0.0/0').containsIP('255.1.2.3')", "true"},
		{"cidr('0.0.0.0/0').containsIP('::1')", "false"},
		{"cidr('::/0').containsIP('1.2.3.4')", "false"},
		{"cidr('2001:db8::/33').containsIP('2001:db8:8000::')", "false"},
		{"cidr('1.2.3.4/32').containsIP('1.2.3.4')", "true"},
		{"cidr('10.0.0.0/8').containsIP('junk')", "!not an IP address"},
		{"cidr('192.168.0.0/24').containsCIDR(cidr('192.168.0.128/25'))", "true"},
		{"cidr('192.168.0.0/24').containsCIDR('192.168.0.0/23')", "false"},
		{"cidr('10.0.0.0/8').containsCIDR('10.0.0.0/8')", "true"},
		{"cidr('10.0.0.0/8').containsCIDR('junk')", "!without /prefix"},
		{"string(cidr('192.168.7.9/20').masked())", "\"192.168.0.0/20\""},
		{"string(cidr('2001:db8:ffff::1/33').masked())", "\"2001:db8:8000::/33\""},
		{"string(cidr('1.2.3.4/0').masked())", "\"0.0.0.0/0\""},
		{"string(cidr('192.168.7.9/20').ip())", "\"192.168.7.9\""},
		{"cidr('2001:db8::/32').prefixLength()", "32"},
		{"cidr('1.2.3.4/24') == cidr('1.2.3.0/24')", "false"},
	};

	(void)state;
	lib_cases(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
