CREATE TABLE desk.ip_ranges (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    access_point_id BIGINT NOT NULL,
    network CIDR NOT NULL,
    gateway INET,
    block_prefix INTEGER NOT NULL,
    reserved CIDR[] DEFAULT '{}' NOT NULL,
    description VARCHAR(60) DEFAULT '' NOT NULL,
    position INTEGER DEFAULT 0 NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by VARCHAR(63) DEFAULT session_user NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_ip_ranges PRIMARY KEY (id),
    CONSTRAINT ex_ip_ranges_network EXCLUDE USING spgist (network inet_ops WITH &&),
    CONSTRAINT ck_ip_ranges_gateway CHECK (gateway IS NULL OR gateway <<= network),
    CONSTRAINT ck_ip_ranges_block_prefix CHECK (block_prefix BETWEEN masklen(network) AND CASE family(network) WHEN 4 THEN 32 ELSE 128 END AND block_prefix - masklen(network) <= 32),
    CONSTRAINT ck_ip_ranges_reserved CHECK (cardinality(reserved) <= 200),
    CONSTRAINT fk_ip_ranges_access_point_id FOREIGN KEY(access_point_id) REFERENCES desk.access_points (id)
);
CREATE INDEX ix_ip_ranges_access_point_id ON desk.ip_ranges (access_point_id);

CREATE TABLE desk.ip_options (
    code VARCHAR(20) NOT NULL,
    label VARCHAR(40) NOT NULL,
    hint VARCHAR(80) DEFAULT '' NOT NULL,
    effect VARCHAR(40) NOT NULL,
    address_list VARCHAR(60) DEFAULT '' NOT NULL,
    default_on BOOLEAN DEFAULT false NOT NULL,
    position INTEGER DEFAULT 100 NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT pk_ip_options PRIMARY KEY (code),
    CONSTRAINT uq_ip_options_label UNIQUE (label),
    CONSTRAINT ck_ip_options_code CHECK (code ~ '^[a-z][a-z0-9_]{0,19}$' COLLATE "C"),
    CONSTRAINT ck_ip_options_address_list CHECK (effect <> 'entra na lista de endereços' OR address_list <> ''),
    CONSTRAINT ck_ip_options_effect CHECK (effect IN ('bloqueia o acesso', 'limita a velocidade', 'amarra MAC ao IP', 'entra na lista de endereços'))
);

CREATE TABLE desk.customer_ips (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    plan_id BIGINT NOT NULL,
    login_id BIGINT,
    access_point_id BIGINT,
    address INET NOT NULL,
    block CIDR NOT NULL,
    description VARCHAR(60) DEFAULT '' NOT NULL,
    encryption VARCHAR(40) DEFAULT 'Nenhuma' NOT NULL,
    down_kbps INTEGER,
    up_kbps INTEGER,
    options VARCHAR(20)[] DEFAULT '{}' NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    deleted_by VARCHAR(63),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_by VARCHAR(63) DEFAULT session_user NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_customer_ips PRIMARY KEY (id),
    CONSTRAINT ck_customer_ips_block CHECK (family(address) = family(block) AND set_masklen(address, CASE family(address) WHEN 4 THEN 32 ELSE 128 END) <<= block),
    CONSTRAINT ck_customer_ips_block_size CHECK (masklen(block) >= CASE family(block) WHEN 4 THEN 16 ELSE 32 END),
    CONSTRAINT ck_customer_ips_speed_pair CHECK ((down_kbps IS NULL) = (up_kbps IS NULL)),
    CONSTRAINT ck_customer_ips_speed CHECK (down_kbps BETWEEN 0 AND 100000000 AND up_kbps BETWEEN 0 AND 100000000),
    CONSTRAINT ck_customer_ips_options CHECK (cardinality(options) <= 40),
    CONSTRAINT fk_customer_ips_plan_id FOREIGN KEY(plan_id) REFERENCES desk.customer_plans (id),
    CONSTRAINT fk_customer_ips_login_id FOREIGN KEY(login_id) REFERENCES desk.radius_logins (id),
    CONSTRAINT fk_customer_ips_access_point_id FOREIGN KEY(access_point_id) REFERENCES desk.access_points (id),
    CONSTRAINT ck_customer_ips_encryption CHECK (encryption IN ('Nenhuma', 'WEP', 'WPA', 'WPA2'))
);
CREATE INDEX ix_customer_ips_access_point_id ON desk.customer_ips (access_point_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_customer_ips_address ON desk.customer_ips (address) WHERE deleted_at IS NULL;
CREATE INDEX ix_customer_ips_login_id ON desk.customer_ips (login_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_customer_ips_plan_id ON desk.customer_ips (plan_id);
CREATE UNIQUE INDEX uq_customer_ips_login_id ON desk.customer_ips (login_id) WHERE deleted_at IS NULL AND family(block) = 4 AND masklen(block) = 32;

CREATE TABLE desk.customer_ip_macs (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    ip_id BIGINT NOT NULL,
    mac MACADDR NOT NULL,
    equipment VARCHAR(60) DEFAULT '' NOT NULL,
    CONSTRAINT pk_customer_ip_macs PRIMARY KEY (id),
    CONSTRAINT uq_customer_ip_macs_mac UNIQUE (ip_id, mac),
    CONSTRAINT fk_customer_ip_macs_ip_id FOREIGN KEY(ip_id) REFERENCES desk.customer_ips (id) ON DELETE CASCADE
);
CREATE INDEX ix_customer_ip_macs_mac ON desk.customer_ip_macs (mac);

CREATE TABLE desk.ip_holdings (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    block CIDR NOT NULL,
    ip_id BIGINT,
    range_id BIGINT,
    token UUID,
    held_by VARCHAR(63) DEFAULT session_user NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_ip_holdings PRIMARY KEY (id),
    CONSTRAINT ex_ip_holdings_block EXCLUDE USING spgist (block inet_ops WITH &&),
    CONSTRAINT ck_ip_holdings_holder CHECK (num_nonnulls(ip_id, range_id, token) = 1),
    CONSTRAINT ck_ip_holdings_expiry CHECK ((token IS NULL) = (expires_at IS NULL)),
    CONSTRAINT fk_ip_holdings_ip_id FOREIGN KEY(ip_id) REFERENCES desk.customer_ips (id) ON DELETE CASCADE,
    CONSTRAINT fk_ip_holdings_range_id FOREIGN KEY(range_id) REFERENCES desk.ip_ranges (id) ON DELETE CASCADE
);
CREATE INDEX ix_ip_holdings_expires_at ON desk.ip_holdings (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX ix_ip_holdings_range_id ON desk.ip_holdings (range_id) WHERE range_id IS NOT NULL;
CREATE UNIQUE INDEX uq_ip_holdings_ip_id ON desk.ip_holdings (ip_id) WHERE ip_id IS NOT NULL;
CREATE UNIQUE INDEX uq_ip_holdings_token ON desk.ip_holdings (token) WHERE token IS NOT NULL;

CREATE TABLE desk.ip_gaps (
    range_id BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    CONSTRAINT pk_ip_gaps PRIMARY KEY (range_id, first),
    CONSTRAINT ck_ip_gaps_order CHECK (0 <= first AND first <= last),
    CONSTRAINT fk_ip_gaps_range_id FOREIGN KEY(range_id) REFERENCES desk.ip_ranges (id) ON DELETE CASCADE
);

