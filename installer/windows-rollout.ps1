# The life of an installation on a real Windows, as installer/rollout.py does it under Wine. Needs an elevated shell.
param([Parameter(Mandatory)] [string] $Out)
$ErrorActionPreference = "Stop"
$before = (Resolve-Path "$Out\Desk-0.0.9.msi").Path
$now = (Get-ChildItem "$Out\Desk-*.msi" | Where-Object Name -ne "Desk-0.0.9.msi" | Select-Object -First 1).FullName
$place = "$env:ProgramFiles\Desk"
$profileName = "José da Silva Conceição"
$person = "$env:RUNNER_TEMP\$profileName"

function Expect($truth, $text) { if (-not $truth) { throw $text } }
function Msi($code, [string[]] $words) {
    $it = Start-Process msiexec -ArgumentList ($words + "/qn", "/norestart", "/l*v", "`"$env:RUNNER_TEMP\msi.log`"") -PassThru -Wait
    if ($it.ExitCode -ne $code) { Get-Content "$env:RUNNER_TEMP\msi.log" -Tail 80; throw "msiexec $words : $($it.ExitCode)" }
}
function Result($folder) {
    Get-Content "$folder\result.txt" -Encoding utf8 | Write-Host
    $result = Get-Content "$folder\result.json" -Encoding utf8 -Raw | ConvertFrom-Json
    Expect ($result.ok -eq $true) "self-test: $($result.failures)"
    $result
}
function Selftest($platform) {
    $it = Start-Process "$place\Desk.exe" -ArgumentList "--selftest", "`"$person`"", "--platform", $platform -PassThru -Wait
    $result = Result $person
    Expect ($it.ExitCode -eq 0) "self-test: $($it.ExitCode)"
    $result
}
function Entries { Get-ItemProperty HKLM:\Software\Microsoft\Windows\CurrentVersion\Uninstall\* | Where-Object DisplayName -eq "Desk" }

$given = [ordered]@{ DBHOST = "db1.provedor.example,db2.provedor.example"; DBPORT = "5433"; DBNAME = "balcao"
                     DBSSLMODE = "verify-ca"; DBSSLROOTCERT = "C:\ProgramData\Desk\root.pem"; DBSSO = "1" }
$names = @{ DBHOST = "host"; DBPORT = "port"; DBNAME = "database"; DBSSLMODE = "sslmode"; DBSSLROOTCERT = "sslrootcert"; DBSSO = "single_sign_on" }
function Expect-Kept {
    $found = Get-ItemProperty HKLM:\Software\Desk
    foreach ($name in $given.Keys) { Expect ($found.($names[$name]) -eq $given[$name]) "$name was lost: $($found.($names[$name]))" }
}

Msi 0 (@("/i", "`"$before`"") + @($given.Keys | ForEach-Object { "$_=$($given[$_])" }))
Expect-Kept
Expect (Test-Path "$env:ProgramData\Microsoft\Windows\Start Menu\Programs\Desk.lnk") "no common shortcut"
$result = Selftest windows
Expect ($result.demo.platform -eq "windows") "drawn on $($result.demo.platform)"
Expect ($result.program.settings.host -eq $given.DBHOST) "the program reads $($result.program.settings.host)"
# An account that is no administrator: its own profile, and PostgreSQL's programs started without any detour.
# A machine of one's own may still have what a run that broke off left; a hosted one has none of it.
$own = "$env:PUBLIC\$profileName"
if (Test-Path $own) { Remove-Item $own -Recurse -Force }
Get-LocalUser | Where-Object Name -eq "balcao" | Remove-LocalUser
$secret = ConvertTo-SecureString ([Guid]::NewGuid().ToString() + "Aa1!") -AsPlainText -Force
New-LocalUser balcao -Password $secret | Out-Null
Add-LocalGroupMember -SID S-1-5-32-545 -Member balcao
$who = New-Object Management.Automation.PSCredential "balcao", $secret
# Of a process of another account Start-Process tells no exit code; the result is in the file.
Start-Process "$place\Desk.exe" -ArgumentList "--selftest", "`"$own`"" -Credential $who -LoadUserProfile -WorkingDirectory $env:PUBLIC -Wait
Result $own | Out-Null
Remove-LocalUser balcao
Msi 0 "/i", "`"$now`""
Expect (@(Entries).Count -eq 1) "entries after the upgrade"
Expect-Kept
Msi 1603 "/i", "`"$before`""
Remove-Item "$place\Desk.exe"
Msi 0 "/fa", "`"$now`""
Expect (Test-Path "$place\Desk.exe") "repair"
Expect ((Selftest windows).demo.created -eq $false) "data did not outlive the upgrade"
Msi 0 "/x", "`"$now`""
Expect (-not (Test-Path "$place\Desk.exe")) "files stayed"
Expect (-not (Entries)) "entry stayed"
foreach ($left in "HKLM:\Software\Desk", "HKLM:\Software\Classes\desk", "$env:ProgramData\Microsoft\Windows\Start Menu\Programs\Desk.lnk") {
    Expect (-not (Test-Path $left)) "$left stayed"
}
Expect (Test-Path "$person\banco\data\PG_VERSION") "a person's data went"
Msi 0 "/jm", "`"$now`""
Msi 0 "/x", "`"$now`""

# As a policy assigned to the computer does it: by the system's account, with no word on the command line; what the
# program shall know comes by the policy's own keys, as the templates write them.
$act = New-ScheduledTaskAction -Execute msiexec.exe -Argument "/i `"$now`" /qn /norestart"
Register-ScheduledTask -TaskName desk-rollout -Action $act -User SYSTEM -RunLevel Highest | Out-Null
Start-ScheduledTask -TaskName desk-rollout
$notYet = 267009, 267011, 267045 # it runs, it has not run, it waits
do { Start-Sleep -Seconds 2; $code = (Get-ScheduledTaskInfo -TaskName desk-rollout).LastTaskResult } while ($code -in $notYet)
Unregister-ScheduledTask -TaskName desk-rollout -Confirm:$false
Expect ($code -eq 0) "installed by the system's account: $code"
$policy = "HKLM:\Software\Policies\Desk"
New-Item $policy -Force | Out-Null
New-ItemProperty $policy -Name host -Value "politica.provedor.example" | Out-Null
New-ItemProperty $policy -Name single_sign_on -PropertyType DWord -Value 1 | Out-Null
$result = Selftest windows
Expect ($result.program.settings.host -eq "politica.provedor.example") "the policy's host was not read"
Expect ($result.program.settings.single_sign_on -eq $true) "the policy's number was not read"
Remove-Item $policy -Recurse
Msi 0 "/x", "`"$now`""
